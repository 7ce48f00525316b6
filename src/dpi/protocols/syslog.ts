import { ascii, decimal, indexOf, isDigit, startsWith } from '../octets.js';
import { wordEnd } from '../lines.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Facility = 1,
  Severity = 2,
  Host = 3,
  Program = 4,
  Text = 5,
}

const MONTHS: readonly Uint8Array[] = [
  ascii('Jan '),
  ascii('Feb '),
  ascii('Mar '),
  ascii('Apr '),
  ascii('May '),
  ascii('Jun '),
  ascii('Jul '),
  ascii('Aug '),
  ascii('Sep '),
  ascii('Oct '),
  ascii('Nov '),
  ascii('Dec '),
];
const HIGHEST_PRIORITY = 191;
const MOST_MESSAGES = 256;
const LONGEST = 8_192;
/** Octets of a length, a space and a priority at most. */
const LONGEST_FRONT = 11;
const WITHIN = { within: 'messages' } as const;

export const syslog: Protocol = {
  name: 'syslog',
  title: 'Syslog of RFC 3164 and RFC 5424',
  evidence: 'a priority between angle brackets, then a date, the version of RFC 5424, or text',
  transports: Transport.Both,
  ports: [514, 601],
  first: [0x3c, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
  least: 3,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'facility', type: ElementType.Unsigned, ...WITHIN },
    { name: 'severity', type: ElementType.Unsigned, ...WITHIN },
    { name: 'host', type: ElementType.Text, ...WITHIN },
    { name: 'program', type: ElementType.Text, ...WITHIN },
    { name: 'text', type: ElementType.Text, ...WITHIN },
  ],

  recognise(octets, from, to, flow) {
    const isWaiting = flow.transport === Transport.Tcp && !flow.isLast && to - from < LONGEST_FRONT;
    if (isWaiting && mayBecome(octets, from, to)) return Verdict.NeedMore;
    const start = priorityAt(octets, from, to, flow.transport);
    const text = start < 0 ? -1 : afterPriority(octets, start, to);
    if (text < 0) return Verdict.NoMatch;
    if (to - text < 6) return flow.isLast || flow.transport === Transport.Udp ? Verdict.NoMatch : Verdict.NeedMore;
    if (isDated(octets, text, to)) return Verdict.Match;
    for (let p = text; p < text + 6; p++) if (octets[p] < 0x20 || octets[p] > 0x7e) return Verdict.NoMatch;
    // Octets that count the length of the message, or a name in front of a colon, are evidence as well.
    return start > from || hasColon(octets, text, to) ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const start = priorityAt(octets, from, to, flow.transport);
      if (flow.transport === Transport.Udp) {
        if (++flow.words[flow.memory] > MOST_MESSAGES) return flow.out.stop();
        if (start >= 0) writeMessage(octets, start, to, flow);
        return 1;
      }
      if (start < 0) return flow.isLast || to - from > 8 ? Extract.EndDirection : Extract.More;
      const end = start > from ? start + decimal(octets, from, to) : indexOf(octets, from, to, 0x0a);
      if (end < 0 || end > to) {
        if (to - from < LONGEST && !flow.isLast) return Extract.More;
        flow.words[flow.memory]++;
        writeMessage(octets, start, to, flow);
        return end < 0 ? to - from : end - from;
      }
      if (++flow.words[flow.memory] > MOST_MESSAGES) return flow.out.stop();
      writeMessage(octets, start, end, flow);
      return start > from ? end - from : end + 1 - from;
    },
  },
};

/** Where the opening bracket stands: at once, or over TCP behind a length (RFC 6587 §3.4.1); -1 when there is none. */
function priorityAt(octets: Uint8Array, from: number, to: number, transport: Transport): number {
  if (octets[from] === 0x3c) return from;
  if (transport === Transport.Udp) return -1;
  let p = from;
  while (p < to && p < from + 5 && isDigit(octets[p])) p++;
  return p > from && p + 1 < to && octets[p] === 0x20 && octets[p + 1] === 0x3c ? p + 1 : -1;
}

/** What follows the priority, 0 to 191 in brackets; -1 when that is not there. */
function afterPriority(octets: Uint8Array, at: number, to: number): number {
  let p = at + 1;
  while (p < to && p < at + 4 && isDigit(octets[p])) p++;
  if (p === at + 1 || p >= to || octets[p] !== 0x3e) return -1;
  return decimal(octets, at + 1, p) <= HIGHEST_PRIORITY ? p + 1 : -1;
}

/** Whether they are a beginning of a length and a priority, each of its octets one that can stand there. */
function mayBecome(octets: Uint8Array, from: number, to: number): boolean {
  let p = from;
  while (p < to && isDigit(octets[p])) p++;
  if (p === to) return true;
  if (p > from && octets[p++] !== 0x20) return false;
  if (p === to) return true;
  if (octets[p++] !== 0x3c) return false;
  while (p < to && isDigit(octets[p])) p++;
  return p === to;
}

/** Whether the date of RFC 3164, or version 1 and the year or no date of RFC 5424 follow. */
function isDated(octets: Uint8Array, at: number, to: number): boolean {
  if (octets[at] === 0x31 && octets[at + 1] === 0x20)
    return octets[at + 2] === 0x2d || (octets[at + 2] === 0x32 && octets[at + 3] === 0x30);
  return monthAt(octets, at, to);
}

function monthAt(octets: Uint8Array, at: number, to: number): boolean {
  for (let n = 0; n < MONTHS.length; n++) if (startsWith(octets, at, to, MONTHS[n])) return true;
  return false;
}

function hasColon(octets: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, from + 128);
  for (let p = from; p < end; p++) {
    if (octets[p] === 0x3a) return p > from + 1;
    if (octets[p] < 0x20 || octets[p] > 0x7e) return false;
  }
  return false;
}

function writeMessage(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const start = afterPriority(octets, at, to);
  if (start < 0) return;
  const priority = decimal(octets, at + 1, to);
  out.begin(Place.Messages);
  out.unsigned(Place.Facility, priority >>> 3);
  out.unsigned(Place.Severity, priority & 7);
  let text = start;
  if (octets[start] === 0x31 && octets[start + 1] === 0x20) {
    // Version, time, host, program.
    const host = wordEnd(octets, start + 2, to) + 1;
    const program = wordEnd(octets, host, to) + 1;
    if (program < to) {
      out.text(Place.Host, octets, host, program - 1);
      text = wordEnd(octets, program, to);
      out.text(Place.Program, octets, program, text);
      text++;
    }
  } else {
    const origin = afterDate(octets, start, to);
    if (origin > 0) text = writeOrigin(octets, origin, to, flow);
  }
  let end = to;
  while (end > text && octets[end - 1] < 0x20) end--;
  out.text(Place.Text, octets, Math.min(text, end), end);
  out.end();
}

/** What follows "Mmm dd hh:mm:ss " or a date of RFC 3339; -1 without either. */
function afterDate(octets: Uint8Array, at: number, to: number): number {
  if (monthAt(octets, at, to)) return at + 16 < to ? at + 16 : -1;
  const end = wordEnd(octets, at, to);
  const isDate =
    end - at >= 19 && octets[at + 4] === 0x2d && octets[at + 10] === 0x54 && decimal(octets, at, to) > 1_970;
  return isDate && end + 1 < to ? end + 1 : -1;
}

/** Writes host and program in front of its number or a colon; answers where the text begins. */
function writeOrigin(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  let text = from;
  const host = wordEnd(octets, from, to);
  if (octets[host - 1] !== 0x3a) {
    flow.out.text(Place.Host, octets, from, host);
    text = Math.min(to, host + 1);
  }
  const end = wordEnd(octets, text, to);
  if (end === text || octets[end - 1] !== 0x3a) return text;
  const bracket = indexOf(octets, text, end, 0x5b);
  flow.out.text(Place.Program, octets, text, bracket < 0 ? end - 1 : bracket);
  return Math.min(to, end + 1);
}
