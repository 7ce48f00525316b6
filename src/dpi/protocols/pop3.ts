import { isLine, leadingWord, mayLead, skipSpaces, wordEnd } from '../lines.js';
import { fieldEnd, LONGEST_FIELD, mailElements, MailText, skipMailText, writeMailField } from '../mail-header.js';
import { ascii, indexOf, lineEnd, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { mechanismOf, readSasl } from '../sasl.js';

const enum Place {
  Greeting = 0,
  User = 1,
  Password = 2,
  Commands = 3,
  Messages = 4,
  StartTls = 5,
  Mail = 6,
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
  /** Answered with a mail, as Top is. */
  Retrieve = 8,
  Own = 9,
  Apop = 10,
  StartTls = 11,
  Top = 14,
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
  /** `Reading`: what the server sends. */
  Reading = 4,
  /** For each command that waits for its answer a bit, the oldest lowest: whether a mail is the answer; and how many wait. */
  Asked = 5,
  Waiting = 6,
  /** Direction of the server, plus one. */
  Server = 7,
  /** `Mechanism` of the authentication. */
  Mechanism = 8,
  Words = 9,
}
const enum Reading {
  Answers = 0,
  Header = 1,
  TextStart = 2,
  Text = 3,
}
const enum Bound {
  Line = 512,
  Lines = 128,
  Waiting = 31,
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
    ...mailElements(),
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === 0x2b || octets[from] === 0x2d) return recogniseServer(octets, from, to, flow);
    return mayLead(octets, from, to, COMMANDS) ? recogniseClient(octets, from, to, flow) : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: 8_192,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      const isServer = words[memory + Memory.Server] === flow.direction + 1;
      if (isServer && words[memory + Memory.Reading] !== Reading.Answers) return readMail(octets, from, to, flow);
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = (line < 0 ? to : line + 1) - from;
      if (startsWith(octets, from, end, OK) || startsWith(octets, from, end, ERROR)) {
        readAnswer(octets, from, end, flow);
        return next;
      }
      if (isServer) return next;
      if (words[memory + Memory.IsSecret] === 0) readCommand(octets, from, end, flow);
      else authenticate(octets, from, end, flow);
      return next;
    },
  },
};

function readAnswer(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const isOk = octets[from] === 0x2b;
  words[memory + Memory.Server] = flow.direction + 1;
  if (words[memory + Memory.AskedTls] === 1 && isOk) flow.handOver(Refined.Tls);
  words[memory + Memory.AskedTls] = 0;
  words[memory + Memory.IsSecret] = 0;
  if (words[memory + Memory.Replies] === 0) out.text(Place.Greeting, octets, Math.min(to, from + 4), to);
  if (words[memory + Memory.Replies]++ < Bound.Lines) out.text(Place.Messages, octets, from, to);
  else out.stop();
  if (words[memory + Memory.Waiting] === 0) return;
  if (isOk && words[memory + Memory.Asked] & 1) words[memory + Memory.Reading] = Reading.Header;
  words[memory + Memory.Asked] >>>= 1;
  words[memory + Memory.Waiting]--;
}

/** The mail that answers RETR or TOP. */
function readMail(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  const reading = words[memory + Memory.Reading] as Reading;
  if (reading !== Reading.Header) {
    const skipped = skipMailText(octets, from, to, reading === Reading.TextStart, flow.isLast);
    if (skipped === MailText.More) return Extract.More;
    words[memory + Memory.Reading] = skipped & MailText.Ended ? Reading.Answers : Reading.Text;
    return skipped & ~MailText.Ended;
  }
  const line = fieldEnd(octets, from, Math.min(to, from + LONGEST_FIELD), flow.isLast);
  if (line < 0 && !flow.isLast && to - from < LONGEST_FIELD) return Extract.More;
  const end = line < 0 ? to : lineEnd(octets, from, line);
  if (end === from) words[memory + Memory.Reading] = Reading.TextStart;
  else writeMailField(octets, from, end, flow, Place.Mail);
  return (line < 0 ? to : line + 1) - from;
}

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

/** A line of an authentication. */
function authenticate(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const mechanism = flow.memory + Memory.Mechanism;
  const { words } = flow;
  words[mechanism] = readSasl(octets, from, to, words[mechanism], flow, Place.User, Place.Password);
}

function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const word = leadingWord(octets, from, to + 1, COMMANDS);
  if (word < 0) return;
  const waiting = words[memory + Memory.Waiting];
  if (waiting < Bound.Waiting) {
    if (word === Command.Retrieve || word === Command.Top) words[memory + Memory.Asked] |= 1 << waiting;
    words[memory + Memory.Waiting] = waiting + 1;
  }
  const value = skipSpaces(octets, from + COMMANDS[word].length, to);
  if (words[memory + Memory.Commands]++ >= Bound.Lines) out.stop();
  else out.text(Place.Commands, octets, from, from + COMMANDS[word].length);
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
    case Command.Auth: {
      const mechanism = wordEnd(octets, value, to);
      // Without a mechanism it asks for those that there are (RFC 5034 §4).
      if (mechanism === value) return;
      words[memory + Memory.IsSecret] = 1;
      words[memory + Memory.Mechanism] = mechanismOf(octets, value, mechanism);
      if (mechanism < to) authenticate(octets, mechanism + 1, to, flow);
      return;
    }
    case Command.StartTls:
      words[memory + Memory.AskedTls] = 1;
      out.flag(Place.StartTls, true);
  }
}
