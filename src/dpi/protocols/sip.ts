import { findField, type HeaderField, writeFields } from '../header-fields.js';
import { ascii, decimal, find, indexOf, isDigit, isText, lineEnd, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { expectMedia } from '../session-description.js';

const enum Place {
  Messages = 0,
  Method = 1,
  Uri = 2,
  Status = 3,
  From = 4,
  To = 5,
  CallId = 6,
  Sequence = 7,
  Via = 8,
  Contact = 9,
  UserAgent = 10,
  Server = 11,
  Time = 12,
}

const METHODS: readonly Uint8Array[] = [
  ascii('INVITE '),
  ascii('ACK '),
  ascii('BYE '),
  ascii('CANCEL '),
  ascii('REGISTER '),
  ascii('OPTIONS '),
  ascii('PRACK '),
  ascii('SUBSCRIBE '),
  ascii('NOTIFY '),
  ascii('PUBLISH '),
  ascii('INFO '),
  ascii('REFER '),
  ascii('MESSAGE '),
  ascii('UPDATE '),
];
const SCHEMES = [ascii('sip:'), ascii('sips:'), ascii('tel:')];
const VERSION = ascii('SIP/2.0');
const HEADER_END = ascii('\r\n\r\n');
const LENGTHS = [ascii('CONTENT-LENGTH:'), ascii('L:')];

/** Header fields and their short forms (RFC 3261 §7.3.3). */
const FIELDS: readonly HeaderField[] = [
  [ascii('FROM:'), Place.From],
  [ascii('F:'), Place.From],
  [ascii('TO:'), Place.To],
  [ascii('T:'), Place.To],
  [ascii('CALL-ID:'), Place.CallId],
  [ascii('I:'), Place.CallId],
  [ascii('CSEQ:'), Place.Sequence],
  [ascii('VIA:'), Place.Via],
  [ascii('V:'), Place.Via],
  [ascii('CONTACT:'), Place.Contact],
  [ascii('M:'), Place.Contact],
  [ascii('USER-AGENT:'), Place.UserAgent],
  [ascii('SERVER:'), Place.Server],
];

const enum Bound {
  Line = 1_024,
  Window = 16_384,
}

const enum Refined {
  Rtp = 0,
}

const WITHIN = { within: 'messages' } as const;

export const sip: Protocol = {
  name: 'sip',
  title: 'Session Initiation Protocol',
  evidence: 'a request line with a method and a sip, sips or tel address, or a status line of SIP/2.0',
  transports: Transport.Both,
  ports: [5060, 5061],
  first: [...ascii('IABCROSNPMU')],
  least: 4,
  refines: ['rtp'],
  refinesLabels: true,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'method', type: ElementType.Text, ie: 'sipCommand', ...WITHIN },
    { name: 'uri', type: ElementType.Text, ie: 'sipInvite', ...WITHIN },
    { name: 'status', type: ElementType.Unsigned, ...WITHIN, ie: 'SIPStatusCode' },
    { name: 'from', type: ElementType.Text, ie: 'sipAddress', ...WITHIN },
    { name: 'to', type: ElementType.Text, ...WITHIN, ie: 'SIPCalledParty' },
    { name: 'callId', type: ElementType.Text, ...WITHIN, ie: 'SIPCallID' },
    { name: 'sequence', type: ElementType.Text, ...WITHIN, ie: 'SIPCseq' },
    { name: 'via', type: ElementType.Text, many: true, ie: 'sipVia', ...WITHIN },
    { name: 'contact', type: ElementType.Text, ...WITHIN },
    { name: 'userAgent', type: ElementType.Text, ie: 'sipUserAgent', ...WITHIN },
    { name: 'server', type: ElementType.Text, ...WITHIN },
    { name: 'time', type: ElementType.Milliseconds, ...WITHIN },
  ],

  recognise(octets, from, to, flow) {
    if (startsWith(octets, from, to, VERSION)) {
      if (to - from < VERSION.length + 2) return Verdict.NeedMore;
      return isDigit(octets[from + VERSION.length + 1]) ? Verdict.Match : Verdict.NoMatch;
    }
    const more = flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
    const uri = uriOf(octets, from, to);
    if (uri < 0) return mayBegin(octets, from, to) ? more : Verdict.NoMatch;
    for (const scheme of SCHEMES) if (startsWith(octets, uri, to, scheme)) return Verdict.Match;
    const line = indexOf(octets, uri, Math.min(to, uri + Bound.Line), 0x0a);
    if (line < 0) return isText(octets, uri, Math.min(to, uri + 64)) && to - uri < Bound.Line ? more : Verdict.NoMatch;
    const end = lineEnd(octets, uri, line);
    return startsWith(octets, Math.max(uri, end - VERSION.length), end, VERSION) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    window: Bound.Window,
    extract(octets, from, to, flow) {
      const isTcp = flow.transport === Transport.Tcp;
      // Empty lines keep a connection open (RFC 5626 §3.5.1).
      if (isTcp && (octets[from] === 0x0d || octets[from] === 0x0a)) return 1;
      if (!startsWith(octets, from, to, VERSION) && uriOf(octets, from, to) < 0) {
        if (!isTcp) return 1;
        return mayBegin(octets, from, to) && !flow.isLast ? Extract.More : Extract.EndDirection;
      }
      const found = find(octets, from, to, HEADER_END);
      if (found < 0 && isTcp && !flow.isLast && to - from < Bound.Window) return Extract.More;
      const body = found < 0 ? to : found + HEADER_END.length;
      const length = contentLength(octets, from, body);
      const end = isTcp ? body + length : to;
      if (end > to && !flow.isLast && end - from < Bound.Window) return Extract.More;
      write(octets, from, body, flow);
      expectMedia(octets, body, Math.min(to, end), flow, Refined.Rtp);
      return end - from;
    },
  },
};

/** Where the address begins behind a method; -1 when there is no method. */
function uriOf(octets: Uint8Array, from: number, to: number): number {
  for (const method of METHODS) if (startsWith(octets, from, to, method)) return from + method.length;
  return -1;
}

function mayBegin(octets: Uint8Array, from: number, to: number): boolean {
  if (mayStartWith(octets, from, to, VERSION)) return true;
  for (const method of METHODS) if (mayStartWith(octets, from, to, method)) return true;
  return false;
}

function contentLength(octets: Uint8Array, from: number, to: number): number {
  for (const name of LENGTHS) {
    const value = findField(octets, from, to, name);
    if (value >= 0) return Math.max(0, decimal(octets, value, to));
  }
  return 0;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const line = indexOf(octets, from, to, 0x0a);
  const end = line < 0 ? to : lineEnd(octets, from, line);
  if (!out.begin(Place.Messages)) return out.end();
  out.time(Place.Time);
  const uri = uriOf(octets, from, to);
  if (uri < 0) {
    const status = decimal(octets, from + VERSION.length + 1, end);
    if (status >= 0) out.unsigned(Place.Status, status);
  } else {
    out.text(Place.Method, octets, from, uri - 1);
    const space = indexOf(octets, uri, end, 0x20);
    out.text(Place.Uri, octets, uri, space < 0 ? end : space);
  }
  if (line >= 0) writeFields(octets, line + 1, to, FIELDS, flow);
  out.end();
}
