import { findField, type HeaderField, writeFields } from '../header-fields.js';
import { ascii, decimal, find, indexOf, isText, lineEnd, mayStartWith, startsWith, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Requests = 0,
  Method = 1,
  Url = 2,
  UserAgent = 3,
  Transport = 4,
  Sequence = 5,
  Authorization = 6,
  Responses = 7,
  Status = 8,
  Server = 9,
  ContentType = 10,
  AnswerTransport = 11,
  Session = 12,
}

const METHODS: readonly Uint8Array[] = [
  ascii('OPTIONS '),
  ascii('DESCRIBE '),
  ascii('ANNOUNCE '),
  ascii('SETUP '),
  ascii('PLAY '),
  ascii('PAUSE '),
  ascii('TEARDOWN '),
  ascii('GET_PARAMETER '),
  ascii('SET_PARAMETER '),
  ascii('REDIRECT '),
  ascii('RECORD '),
  ascii('PLAY_NOTIFY '),
];
const RESPONSE = ascii('RTSP/');
const VERSION = ascii(' RTSP/');
const SCHEME = ascii('rtsp');
const HEADER_END = ascii('\r\n\r\n');
const LENGTH = ascii('CONTENT-LENGTH:');
const TRANSPORT = ascii('TRANSPORT:');
const CLIENT_PORT = ascii('client_port=');
const REQUEST_FIELDS: readonly HeaderField[] = [
  [ascii('USER-AGENT:'), Place.UserAgent],
  [TRANSPORT, Place.Transport],
  [ascii('CSEQ:'), Place.Sequence],
  [ascii('AUTHORIZATION:'), Place.Authorization],
];
const RESPONSE_FIELDS: readonly HeaderField[] = [
  [ascii('SERVER:'), Place.Server],
  [ascii('CONTENT-TYPE:'), Place.ContentType],
  [TRANSPORT, Place.AnswerTransport],
  [ascii('SESSION:'), Place.Session],
];

const enum Bound {
  Messages = 48,
  Line = 2_048,
  Window = 16_384,
  /** Media between the messages (RFC 2326 §10.12): a dollar sign, channel, length. */
  Dollar = 0x24,
}

const enum Refined {
  Rtp = 0,
}

const REQUEST = { within: 'requests' } as const;
const ANSWER = { within: 'responses' } as const;

export const rtsp: Protocol = {
  name: 'rtsp',
  title: 'Real Time Streaming Protocol',
  evidence: 'a request line with a method and the version, or a status line of RTSP',
  transports: Transport.Tcp,
  ports: [554, 7070, 8554],
  first: [...ascii('RODASPTG')],
  refines: ['rtp'],
  refinesLabels: true,
  elements: [
    { name: 'requests', type: ElementType.Group, many: true },
    { name: 'method', type: ElementType.Text, ie: 'rtspCommand', ...REQUEST },
    { name: 'url', type: ElementType.Text, max: 1_024, ie: 'rtspURL', ...REQUEST },
    { name: 'userAgent', type: ElementType.Text, ie: 'rtspUserAgent', ...REQUEST },
    { name: 'transport', type: ElementType.Text, ie: 'rtspTransport', ...REQUEST },
    { name: 'sequence', type: ElementType.Text, ie: 'rtspCSeq', ...REQUEST },
    { name: 'authorization', type: ElementType.Text, max: 512, secret: true, ...REQUEST },
    { name: 'responses', type: ElementType.Group, many: true },
    { name: 'status', type: ElementType.Unsigned, ie: 'rtspReturnCode', ...ANSWER },
    { name: 'server', type: ElementType.Text, ...ANSWER },
    { name: 'contentType', type: ElementType.Text, ie: 'rtspContentType', ...ANSWER },
    { name: 'transport', type: ElementType.Text, ...ANSWER },
    { name: 'session', type: ElementType.Text, ...ANSWER },
  ],

  recognise(octets, from, to) {
    if (mayStartWith(octets, from, to, RESPONSE)) return to - from < 9 ? Verdict.NeedMore : Verdict.Match;
    const url = urlOf(octets, from, to);
    if (url < 0) return mayBegin(octets, from, to) ? Verdict.NeedMore : Verdict.NoMatch;
    if (startsWith(octets, url, to, SCHEME)) return Verdict.Match;
    const line = indexOf(octets, url, Math.min(to, url + Bound.Line), 0x0a);
    if (line >= 0) return find(octets, url - 1, line, VERSION) >= 0 ? Verdict.Match : Verdict.NoMatch;
    return to - url < Bound.Line && isText(octets, url, to) ? Verdict.NeedMore : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (octets[from] === 0x0d || octets[from] === 0x0a) return 1;
      if (octets[from] === Bound.Dollar) return to - from < 4 ? Extract.More : 4 + u16(octets, from + 2);
      if (!mayStartWith(octets, from, to, RESPONSE) && !mayBegin(octets, from, to) && urlOf(octets, from, to) < 0)
        return Extract.EndDirection;
      const found = find(octets, from, to, HEADER_END);
      if (found < 0 && !flow.isLast && to - from < Bound.Window) return Extract.More;
      if (flow.words[flow.memory]++ >= Bound.Messages) return Extract.EndDirection;
      const end = found < 0 ? to : found + HEADER_END.length;
      write(octets, from, end, flow);
      const length = findField(octets, from, end, LENGTH);
      return end - from + (length < 0 ? 0 : Math.max(0, decimal(octets, length, end)));
    },
  },
};

/** Where the address begins behind a method; -1 when there is no method. */
function urlOf(octets: Uint8Array, from: number, to: number): number {
  for (const method of METHODS) if (startsWith(octets, from, to, method)) return from + method.length;
  return -1;
}

function mayBegin(octets: Uint8Array, from: number, to: number): boolean {
  for (const method of METHODS) if (mayStartWith(octets, from, to, method)) return true;
  return false;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const line = indexOf(octets, from, to, 0x0a);
  const end = line < 0 ? to : lineEnd(octets, from, line);
  const url = urlOf(octets, from, to);
  const isRequest = url >= 0;
  out.begin(isRequest ? Place.Requests : Place.Responses);
  if (isRequest) {
    out.text(Place.Method, octets, from, url - 1);
    const space = indexOf(octets, url, end, 0x20);
    out.text(Place.Url, octets, url, space < 0 ? end : space);
  } else {
    const status = decimal(octets, from + RESPONSE.length + 4, end);
    if (status >= 0) out.unsigned(Place.Status, status);
  }
  if (line >= 0) writeFields(octets, line + 1, to, isRequest ? REQUEST_FIELDS : RESPONSE_FIELDS, flow);
  out.end();
  const port = find(octets, from, to, CLIENT_PORT);
  if (port < 0) return;
  const value = decimal(octets, port + CLIENT_PORT.length, to);
  if (value > 0 && value < 65_536) flow.expect(Transport.Udp, value, Refined.Rtp);
}
