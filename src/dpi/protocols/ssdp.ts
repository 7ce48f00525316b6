import { type HeaderField, findField, writeFields } from '../header-fields.js';
import { wordEnd } from '../lines.js';
import { ascii, decimal, indexOf, startsWith } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Method = 1,
  Status = 2,
  Target = 3,
  Usn = 4,
  Location = 5,
  Server = 6,
  UserAgent = 7,
  State = 8,
  Host = 9,
  Uri = 10,
  Wait = 11,
  CacheControl = 12,
}

const SEARCH = ascii('M-SEARCH * HTTP/1.');
const NOTIFY = ascii('NOTIFY * HTTP/1.');
const ANSWER = ascii('HTTP/1.');
const UNIQUE = ascii('USN:');
const SEARCHED = ascii('ST:');
const FIELDS: readonly HeaderField[] = [
  [SEARCHED, Place.Target],
  [ascii('NT:'), Place.Target],
  [ascii('NTS:'), Place.State],
  [UNIQUE, Place.Usn],
  [ascii('LOCATION:'), Place.Location],
  [ascii('SERVER:'), Place.Server],
  [ascii('USER-AGENT:'), Place.UserAgent],
  [ascii('HOST:'), Place.Host],
  [ascii('MX:'), Place.Wait],
  [ascii('CACHE-CONTROL:'), Place.CacheControl],
];
const MOST_MESSAGES = 256;
const WITHIN = { within: 'messages' } as const;

export const ssdp: Protocol = {
  name: 'ssdp',
  title: 'Simple Service Discovery Protocol (UPnP)',
  evidence: 'M-SEARCH or NOTIFY in the form of HTTP within a datagram, or an answer with ST and USN',
  transports: Transport.Udp,
  ports: [1900],
  first: [SEARCH[0], NOTIFY[0], ANSWER[0]],
  least: NOTIFY.length,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'method', type: ElementType.Text, ...WITHIN },
    { name: 'status', type: ElementType.Unsigned, ...WITHIN },
    { name: 'target', type: ElementType.Text, ...WITHIN, ie: 'SSDPST' },
    { name: 'usn', type: ElementType.Text, ...WITHIN },
    { name: 'location', type: ElementType.Text, max: 1_024, ...WITHIN },
    { name: 'server', type: ElementType.Text, ...WITHIN, ie: 'SSDPServer' },
    { name: 'userAgent', type: ElementType.Text, ...WITHIN, ie: 'SSDPUserAgent' },
    { name: 'state', type: ElementType.Text, ...WITHIN },
    { name: 'host', type: ElementType.Text, ...WITHIN },
    { name: 'uri', type: ElementType.Text, ...WITHIN },
    { name: 'maximumWait', type: ElementType.Text, ...WITHIN },
    { name: 'cacheControl', type: ElementType.Text, ...WITHIN },
  ],

  recognise(octets, from, to) {
    if (startsWith(octets, from, to, SEARCH) || startsWith(octets, from, to, NOTIFY)) return Verdict.Match;
    if (!startsWith(octets, from, to, ANSWER)) return Verdict.NoMatch;
    const line = indexOf(octets, from, to, 0x0a);
    if (line < 0) return Verdict.NoMatch;
    const isAnswer = findField(octets, line + 1, to, SEARCHED) >= 0 || findField(octets, line + 1, to, UNIQUE) >= 0;
    return isAnswer ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (words[memory]++ >= MOST_MESSAGES) return flow.out.stop();
      write(octets, from, to, flow);
      return 1;
    },
  },
};

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const line = indexOf(octets, from, to, 0x0a);
  const space = indexOf(octets, from, to, 0x20);
  if (line < 0 || space < 0 || space > line) return;
  const { out } = flow;
  out.begin(Place.Messages);
  if (startsWith(octets, from, to, ANSWER)) {
    const status = decimal(octets, space + 1, line);
    if (status >= 0) out.unsigned(Place.Status, status);
  } else {
    out.text(Place.Method, octets, from, space);
    out.text(Place.Uri, octets, space + 1, wordEnd(octets, space + 1, line));
  }
  writeFields(octets, line + 1, to, FIELDS, flow);
  out.end();
}
