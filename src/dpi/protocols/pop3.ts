import { isLine, leadingWord, mayLead, skipSpaces } from '../lines.js';
import { ascii, indexOf, lineEnd, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Greeting = 0,
  User = 1,
  Password = 2,
  Commands = 3,
  Messages = 4,
  StartTls = 5,
}

const OK = ascii('+OK');
const ERROR = ascii('-ERR');
/** RFC 1939, 2449, 2595: those that other protocols have as well come first. */
const COMMANDS: readonly Uint8Array[] = [
  ascii('USER'),
  ascii('PASS'),
  ascii('QUIT'),
  ascii('NOOP'),
  ascii('LIST'),
  ascii('STAT'),
  ascii('AUTH'),
  ascii('DELE'),
  ascii('RETR'),
  ascii('CAPA'),
  ascii('APOP'),
  ascii('STLS'),
  ascii('UIDL'),
  ascii('RSET'),
  ascii('TOP'),
];
const enum Command {
  User = 0,
  Pass = 1,
  Auth = 6,
  Own = 9,
  Apop = 10,
  StartTls = 11,
}
const enum Refined {
  Tls = 0,
}
const enum Memory {
  AskedTls = 0,
  Commands = 1,
  Replies = 2,
  /** What the client sends next belongs to an authentication. */
  IsSecret = 3,
}
const enum Bound {
  Line = 512,
  Lines = 128,
}

export const pop3: Protocol = {
  name: 'pop3',
  title: 'Post Office Protocol version 3, and TLS after STLS',
  evidence: 'a +OK or -ERR line with words behind it, or commands that only POP3 has',
  transports: Transport.Tcp,
  ports: [110],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'user', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'commands', type: ElementType.Text, many: true },
    { name: 'messages', type: ElementType.Text, many: true, ie: 'pop3TextMessage' },
    { name: 'startTls', type: ElementType.Flag, ie: 'pop3StartTLS' },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === 0x2b || octets[from] === 0x2d) return recogniseServer(octets, from, to, flow);
    return mayLead(octets, from, to, COMMANDS) ? recogniseClient(octets, from, to, flow) : Verdict.NoMatch;
  },

  extractor: {
    words: 4,
    window: 2_048,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = (line < 0 ? to : line + 1) - from;
      if (startsWith(octets, from, end, OK) || startsWith(octets, from, end, ERROR)) {
        if (words[memory + Memory.AskedTls] === 1 && octets[from] === 0x2b) flow.handOver(Refined.Tls);
        words[memory + Memory.AskedTls] = 0;
        words[memory + Memory.IsSecret] = 0;
        if (words[memory + Memory.Replies] === 0) flow.out.text(Place.Greeting, octets, Math.min(end, from + 4), end);
        if (words[memory + Memory.Replies]++ < Bound.Lines) flow.out.text(Place.Messages, octets, from, end);
        return next;
      }
      if (words[memory + Memory.IsSecret] === 0) readCommand(octets, from, end, flow);
      return next;
    },
  },
};

function recogniseServer(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (!mayStartWith(octets, from, to, OK) && !mayStartWith(octets, from, to, ERROR)) return Verdict.NoMatch;
  const { otherOctets, otherFrom, otherTo } = flow;
  const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
  const end = line < 0 ? to : lineEnd(octets, from, line);
  const status = octets[from] === 0x2b ? 3 : 4;
  if (!isLine(octets, from, end > from && octets[end - 1] === 0x0d ? end - 1 : end)) return Verdict.NoMatch;
  if (otherTo > otherFrom && leadingWord(otherOctets, otherFrom, otherTo, COMMANDS) >= 0 && end - from >= status)
    return Verdict.Match;
  // Only the server of POP3 speaks first, and says that all is well; Redis answers alike, after a request of its own.
  const isGreeting = status === 3 && end - from >= 5 && octets[from + 3] === 0x20;
  if (isGreeting && (flow.isStart ? flow.otherPackets === 0 : otherTo === otherFrom)) return Verdict.Match;
  if (line < 0) return flow.isLast || to - from >= Bound.Line ? Verdict.NoMatch : Verdict.NeedMore;
  // A bare +OK is Redis as well.
  return flow.isLast || to > line + 1 ? Verdict.NoMatch : Verdict.NeedMore;
}

function recogniseClient(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const { otherOctets, otherFrom, otherTo } = flow;
  if (otherTo > otherFrom) {
    if (!mayStartWith(otherOctets, otherFrom, otherTo, OK) && !mayStartWith(otherOctets, otherFrom, otherTo, ERROR))
      return Verdict.NoMatch;
  }
  let p = from;
  for (let n = 0; n < 8 && p < to; n++) {
    const line = indexOf(octets, p, Math.min(to, p + Bound.Line), 0x0a);
    if (line < 0) {
      if (!isLine(octets, p, to - (octets[to - 1] === 0x0d ? 1 : 0)) || to - p >= Bound.Line) return Verdict.NoMatch;
      return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    }
    const word = leadingWord(octets, p, line + 1, COMMANDS);
    if (word < 0 || !isLine(octets, p, lineEnd(octets, p, line))) return Verdict.NoMatch;
    if (otherTo - otherFrom >= 3) return Verdict.Match;
    if (word >= Command.Own) return n > 0 ? Verdict.Match : Verdict.Likely;
    p = line + 1;
  }
  return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
}

function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const word = leadingWord(octets, from, to + 1, COMMANDS);
  if (word < 0 || words[memory + Memory.Commands]++ >= Bound.Lines) return;
  const value = skipSpaces(octets, from + COMMANDS[word].length, to);
  out.text(Place.Commands, octets, from, from + COMMANDS[word].length);
  switch (word) {
    case Command.User:
      out.text(Place.User, octets, value, to);
      return;
    case Command.Pass:
      out.text(Place.Password, octets, value, to);
      return;
    case Command.Apop: {
      const space = indexOf(octets, value, to, 0x20);
      out.text(Place.User, octets, value, space < 0 ? to : space);
      if (space > 0) out.text(Place.Password, octets, space + 1, to);
      return;
    }
    case Command.Auth:
      words[memory + Memory.IsSecret] = 1;
      return;
    case Command.StartTls:
      words[memory + Memory.AskedTls] = 1;
      out.flag(Place.StartTls, true);
  }
}
