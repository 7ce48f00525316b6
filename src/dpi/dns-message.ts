import { Dns } from './dns-elements.js';
import { MOST_LABELS, skipName, writeName } from './dns-name.js';
import { Type, writeRecord } from './dns-record.js';
import { u16 } from './octets.js';
import type { FlowView } from './protocol.js';

/** DNS messages (RFC 1035 §4), as DNS, mDNS, LLMNR and others carry them. */

const enum Header {
  Octets = 12,
  Questions = 4,
  Answers = 6,
  Authorities = 8,
  Additionals = 10,
}

const enum Bound {
  Records = 64,
  /** Queries that wait for an answer: id and time of each. */
  Waiting = 32,
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
  for (; labels < MOST_LABELS && p < to && octets[p] !== 0; labels++) {
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

/** Writes the message from `from` to `to`. */
export function writeDns(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  if (to - from < Header.Octets) return;
  const flags = u16(octets, from + 2);
  const id = u16(octets, from);
  const isResponse = (flags & 0x8000) !== 0;
  if (!out.begin(Dns.Messages)) return out.end();
  out.time(Dns.Time);
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
    writeName(octets, from, p, to, flow, Dns.Name);
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
