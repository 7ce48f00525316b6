import { u16, u32 } from './octets.js';
import { type Element, ElementType, type FlowView } from './protocol.js';

/** DNS messages (RFC 1035 §4), as DNS, mDNS, LLMNR and others carry them. */

/** Places of the elements that all protocols with DNS messages begin with. */
export const enum Dns {
  Messages = 0,
  Id = 1,
  Response = 2,
  Flags = 3,
  Rcode = 4,
  LatencyUs = 5,
  Questions = 6,
  Answers = 7,
  Authorities = 8,
  Additionals = 9,
  Name = 10,
  Type = 11,
  Class = 12,
  Ttl = 13,
  A = 14,
  Aaaa = 15,
  Target = 16,
  Preference = 17,
  Text = 18,
  Priority = 19,
  Weight = 20,
  Port = 21,
  Data = 22,
  UdpSize = 23,
  Time = 24,
  Count = 25,
}

const RECORD = 'records';
export const DNS_ELEMENTS: readonly Element[] = [
  { name: 'messages', type: ElementType.Group, many: true },
  { name: 'id', type: ElementType.Unsigned, within: 'messages', ie: 'dnsID' },
  { name: 'response', type: ElementType.Flag, within: 'messages', ie: 'dnsQueryResponse' },
  { name: 'flags', type: ElementType.Unsigned, within: 'messages' },
  { name: 'rcode', type: ElementType.Unsigned, within: 'messages', ie: 'dnsNXDomain' },
  { name: 'latencyUs', type: ElementType.Unsigned, within: 'messages' },
  { name: 'questions', type: ElementType.Group, many: true, within: 'messages' },
  { name: 'answers', type: ElementType.Group, many: true, within: 'messages' },
  { name: 'authorities', type: ElementType.Group, many: true, within: 'messages' },
  { name: 'additionals', type: ElementType.Group, many: true, within: 'messages' },
  { name: 'name', type: ElementType.Text, max: 1_024, within: RECORD, ie: 'dnsQName' },
  { name: 'type', type: ElementType.Unsigned, within: RECORD, ie: 'dnsQRType' },
  { name: 'class', type: ElementType.Unsigned, within: RECORD, ie: 'DNSClass' },
  { name: 'ttl', type: ElementType.Unsigned, within: RECORD, ie: 'dnsTTL' },
  { name: 'a', type: ElementType.Ipv4, within: RECORD, ie: 'DNSRData' },
  { name: 'aaaa', type: ElementType.Ipv6, within: RECORD, ie: 'DNSRData' },
  { name: 'target', type: ElementType.Text, max: 1_024, within: RECORD, ie: 'DNSRData' },
  { name: 'preference', type: ElementType.Unsigned, within: RECORD },
  { name: 'text', type: ElementType.Text, many: true, within: RECORD, secret: true, ie: 'dnsTXTData' },
  { name: 'priority', type: ElementType.Unsigned, within: RECORD },
  { name: 'weight', type: ElementType.Unsigned, within: RECORD },
  { name: 'port', type: ElementType.Unsigned, within: RECORD },
  { name: 'data', type: ElementType.Octets, max: 128, within: RECORD },
  { name: 'udpSize', type: ElementType.Unsigned, within: 'messages' },
  { name: 'time', type: ElementType.Milliseconds, within: 'messages' },
];

const enum Header {
  Octets = 12,
  Questions = 4,
  Answers = 6,
  Authorities = 8,
  Additionals = 10,
}

const enum Type {
  A = 1,
  Ns = 2,
  Cname = 5,
  Soa = 6,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28,
  Srv = 33,
  Dname = 39,
  Opt = 41,
}

const enum Bound {
  Records = 64,
  Labels = 128,
  Jumps = 32,
  Name = 1_024,
  /** Queries that wait for an answer: id and time of each. */
  Waiting = 8,
}

/** Words of memory that messages need. */
export const DNS_WORDS = 2 * Bound.Waiting + 1;
const enum Memory {
  Next = 0,
  Waiting = 1,
}

/** How a header and first question look. */
export const enum Look {
  No = 0,
  Yes = 1,
  /** It is cut; what there is fits. */
  Maybe = 2,
}

/** Whether a DNS message lies from `from` to `to`: a header without contradictions, and names, types and classes that can be. */
export function looksLikeDns(octets: Uint8Array, from: number, to: number, isWhole: boolean): Look {
  if (to - from < Header.Octets) return Look.Maybe;
  const flags = u16(octets, from + 2);
  const isResponse = (flags & 0x8000) !== 0;
  const opcode = (flags >>> 11) & 15;
  const questions = u16(octets, from + Header.Questions);
  const answers = u16(octets, from + Header.Answers);
  const authorities = u16(octets, from + Header.Authorities);
  const additionals = u16(octets, from + Header.Additionals);
  if (opcode > 6 || opcode === 3 || flags & 0x40) return Look.No;
  if (!isResponse && flags & 0x0f && opcode === 0) return Look.No;
  if (questions > 16 || answers > 255 || authorities > 255 || additionals > 255) return Look.No;
  if (questions + answers + authorities === 0) return Look.No;
  if (!isResponse && questions === 0 && opcode === 0) return Look.No;
  let p = from + Header.Octets;
  for (let n = 0; n < questions; n++) {
    p = skipName(octets, p, to);
    if (p < 0) return p === -1 ? Look.No : Look.Maybe;
    if (p + 4 > to) return isWhole ? Look.No : Look.Maybe;
    if (!isClass(u16(octets, p + 2)) || u16(octets, p) === 0) return Look.No;
    p += 4;
  }
  const records = answers + authorities + additionals;
  for (let n = 0; n < records && n < 4; n++) {
    p = skipName(octets, p, to);
    if (p < 0) return p === -1 ? Look.No : Look.Maybe;
    if (p + 10 > to) return isWhole && !isResponse ? Look.No : Look.Maybe;
    const type = u16(octets, p);
    // Type 0 with an empty name pads the queries of DNSCrypt.
    const isPadding = type === 0 && questions > 0 && n >= answers + authorities && octets[p - 1] === 0;
    if (isPadding) return Look.Yes;
    if (type === 0 || (type !== Type.Opt && !isClass(u16(octets, p + 2)))) return Look.No;
    p += 10 + u16(octets, p + 8);
    if (p > to) return isWhole ? Look.No : Look.Maybe;
  }
  return Look.Yes;
}

/**
 * Whether a name of printable labels, two at least, stands behind the header, and a type or class that is in use: what
 * remains of a message whose header is damaged or says what it should not.
 */
export function hasQuestion(octets: Uint8Array, from: number, to: number): boolean {
  let p = from + Header.Octets;
  let labels = 0;
  for (; labels < Bound.Labels && p < to && octets[p] !== 0; labels++) {
    const end = p + 1 + octets[p];
    if (octets[p] > 63 || end > to) return false;
    for (p++; p < end; p++) if (octets[p] <= 0x20 || octets[p] > 0x7e) return false;
  }
  if (labels < 2 || p + 5 > to || octets[p] !== 0) return false;
  const type = u16(octets, p + 1);
  return isClass(u16(octets, p + 3)) || (type > 0 && type < 260);
}

/** Internet, Chaos, Hesiod, none and any; the upper bit is that of mDNS (RFC 6762 §5.4, §10.2). */
function isClass(value: number): boolean {
  const plain = value & 0x7fff;
  return (plain >= 1 && plain <= 4) || plain === 254 || plain === 255;
}

/** Where a name ends; -1 when it is none, -2 when it is cut. */
function skipName(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  for (let n = 0; n < Bound.Labels; n++) {
    if (p >= to) return -2;
    const length = octets[p];
    if (length === 0) return p + 1;
    if (length >= 0xc0) return p + 2 <= to ? p + 2 : -2;
    if (length > 63) return -1;
    p += 1 + length;
  }
  return -1;
}

const name = new Uint8Array(Bound.Name);
let nameLength = 0;

/** Reads a name into `name`, labels with dots between, backslashes before dots and backslashes in them; `.` for the root. */
function readName(octets: Uint8Array, start: number, from: number, to: number): void {
  nameLength = 0;
  let p = from;
  let least = from;
  for (let n = 0, jumps = 0; n < Bound.Labels && p < to; n++) {
    const length = octets[p];
    if (length === 0) break;
    if (length >= 0xc0) {
      if (p + 2 > to || ++jumps > Bound.Jumps) break;
      const target = start + (u16(octets, p) & 0x3fff);
      // Only backwards, so that it ends.
      if (target >= least) break;
      least = target;
      p = target;
      continue;
    }
    if (length > 63) break;
    if (nameLength > 0) put(0x2e);
    const end = Math.min(to, p + 1 + length);
    for (let q = p + 1; q < end; q++) {
      if (octets[q] === 0x2e || octets[q] === 0x5c) put(0x5c);
      put(octets[q]);
    }
    p += 1 + length;
  }
  if (nameLength === 0) put(0x2e);
}

function put(octet: number): void {
  if (nameLength < name.length) name[nameLength++] = octet;
}

/** Writes the message from `from` to `to`. */
export function writeDns(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  if (to - from < Header.Octets) return;
  const flags = u16(octets, from + 2);
  const id = u16(octets, from);
  const isResponse = (flags & 0x8000) !== 0;
  if (!out.begin(Dns.Messages)) return out.end();
  out.time(Dns.Time, flow.timeUs);
  out.unsigned(Dns.Id, id);
  out.flag(Dns.Response, isResponse);
  out.unsigned(Dns.Flags, flags);
  if (isResponse) {
    out.unsigned(Dns.Rcode, flags & 15);
    const latency = latencyOf(id, flow);
    if (latency >= 0) out.unsigned(Dns.LatencyUs, latency);
  } else {
    const place = memory + Memory.Waiting + 2 * (words[memory + Memory.Next]++ % Bound.Waiting);
    words[place] = id + 1;
    words[place + 1] = flow.timeUs % 0x4000_0000;
  }
  let p = from + Header.Octets;
  let left: number = Bound.Records;
  const questions = u16(octets, from + Header.Questions);
  for (let n = 0; n < questions && p >= 0 && left > 0; n++, left--) {
    const end = skipName(octets, p, to);
    if (end < 0 || end + 4 > to) {
      p = -1;
      break;
    }
    out.begin(Dns.Questions);
    readName(octets, from, p, to);
    out.text(Dns.Name, name, 0, nameLength);
    out.unsigned(Dns.Type, u16(octets, end));
    out.unsigned(Dns.Class, u16(octets, end + 2));
    out.end();
    p = end + 4;
  }
  for (let section = 0; section < 3; section++) {
    const count = u16(octets, from + Header.Answers + 2 * section);
    for (let n = 0; n < count && p >= 0 && left > 0; n++, left--) {
      p = writeRecord(octets, from, p, to, flow, Dns.Answers + section);
    }
  }
  out.end();
}

/** Writes the record at `p`; answers where the next begins, -1 when this one is cut. */
function writeRecord(octets: Uint8Array, start: number, p: number, to: number, flow: FlowView, place: number): number {
  const { out } = flow;
  const fixed = skipName(octets, p, to);
  if (fixed < 0 || fixed + 10 > to) return -1;
  const type = u16(octets, fixed);
  const data = fixed + 10;
  const end = data + u16(octets, fixed + 8);
  if (end > to) return -1;
  if (type === Type.Opt) {
    out.unsigned(Dns.UdpSize, u16(octets, fixed + 2));
    return end;
  }
  out.begin(place);
  readName(octets, start, p, to);
  out.text(Dns.Name, name, 0, nameLength);
  out.unsigned(Dns.Type, type);
  out.unsigned(Dns.Class, u16(octets, fixed + 2));
  out.unsigned(Dns.Ttl, u32(octets, fixed + 4));
  writeData(octets, start, data, end, type, flow);
  out.end();
  return end;
}

function writeData(octets: Uint8Array, start: number, from: number, to: number, type: number, flow: FlowView): void {
  const { out } = flow;
  const length = to - from;
  switch (type) {
    case Type.A:
      if (length === 4) out.ipv4(Dns.A, octets, from);
      return;
    case Type.Aaaa:
      if (length === 16) out.ipv6(Dns.Aaaa, octets, from);
      return;
    case Type.Ns:
    case Type.Cname:
    case Type.Ptr:
    case Type.Dname:
    case Type.Soa:
      readName(octets, start, from, to);
      out.text(Dns.Target, name, 0, nameLength);
      return;
    case Type.Mx:
      if (length < 3) return;
      out.unsigned(Dns.Preference, u16(octets, from));
      readName(octets, start, from + 2, to);
      out.text(Dns.Target, name, 0, nameLength);
      return;
    case Type.Srv:
      if (length < 7) return;
      out.unsigned(Dns.Priority, u16(octets, from));
      out.unsigned(Dns.Weight, u16(octets, from + 2));
      out.unsigned(Dns.Port, u16(octets, from + 4));
      readName(octets, start, from + 6, to);
      out.text(Dns.Target, name, 0, nameLength);
      return;
    case Type.Txt:
      for (let p = from, n = 0; p < to && n < 16; n++) {
        const end = Math.min(to, p + 1 + octets[p]);
        out.text(Dns.Text, octets, p + 1, end);
        p = end;
      }
      return;
    default:
      if (length > 0) out.octets(Dns.Data, octets, from, to);
  }
}

/** µs since the query of that id; -1 when none is known. */
function latencyOf(id: number, flow: FlowView): number {
  const { words, memory } = flow;
  for (let n = 0; n < Bound.Waiting; n++) {
    const place = memory + Memory.Waiting + 2 * n;
    if (words[place] !== id + 1) continue;
    words[place] = 0;
    const latency = (flow.timeUs % 0x4000_0000) - words[place + 1];
    return latency >= 0 ? latency : -1;
  }
  return -1;
}
