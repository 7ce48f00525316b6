import { contains, skipSpaces, wordEnd } from '../lines.js';
import {
  fieldEnd,
  LONGEST_FIELD,
  mailElements,
  MailText,
  readMailOfLength,
  skipMailText,
  writeMailField,
} from '../mail-header.js';
import { ascii, decimal, indexOf, isDigit, isText, lineEnd, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { mechanismOf, readSasl } from '../sasl.js';

const enum Place {
  Greeting = 0,
  Hello = 1,
  From = 2,
  To = 3,
  Authentication = 4,
  StartTls = 5,
  Responses = 6,
  User = 7,
  Password = 8,
  Commands = 9,
  Mail = 10,
}

const EHLO = ascii('EHLO');
const HELO = ascii('HELO');
const MAIL = ascii('MAIL FROM:');
const RCPT = ascii('RCPT TO:');
const AUTH = ascii('AUTH ');
const STARTTLS = ascii('STARTTLS');
/** What the commands of RFC 5321 and its extensions begin with. */
const COMMANDS = [
  ascii('MAIL'),
  ascii('RCPT'),
  ascii('DATA'),
  ascii('BDAT'),
  ascii('EHLO'),
  ascii('HELO'),
  ascii('LHLO'),
  ascii('RSET'),
  ascii('NOOP'),
  ascii('QUIT'),
  ascii('AUTH'),
  ascii('STAR'),
  ascii('VRFY'),
  ascii('EXPN'),
  ascii('HELP'),
  ascii('ETRN'),
  ascii('TURN'),
  ascii('ATRN'),
  ascii('BURL'),
  ascii('XCLI'),
  ascii('XFOR'),
  ascii('X-'),
];
/** Commands that come in front of STARTTLS, and itself. */
const BEFORE_TLS = [EHLO, HELO, STARTTLS, ascii('NOOP'), ascii('RSET')];
const DATA = ascii('DATA');
const BDAT = ascii('BDAT ');
const LAST = ascii('LAST');
const SMTP = ascii('SMTP');
const READY = ascii('220');
const GO_ON = ascii('354');

const enum Memory {
  /** What the client's next octets are. */
  State = 0,
  /** The client asked for TLS: the server's 220 opens it. */
  AskedTls = 1,
  /** Octets that are left of a chunk that begins with the header. */
  Chunk = 2,
  /** A chunk came that was not the last. */
  IsChunked = 3,
  Lines = 4,
  /** Direction of the server, plus one. */
  Server = 5,
  /** `Mechanism` of the authentication. */
  Mechanism = 6,
  /** Lines that are neither command nor reply. */
  Strange = 7,
  Words = 8,
}

const enum State {
  Commands = 0,
  /** Lines of an authentication, which are secret. */
  Secret = 1,
  /** A mail: its header, and its text. */
  Header = 2,
  TextStart = 3,
  Text = 4,
}

const enum Bound {
  Line = 2_048,
  /** Lines in which a label may be refined. */
  Lines = 1_024,
  /** Lines that are neither command nor reply, after which this is no SMTP any more: servers bear no more errors either. */
  Strange = 16,
}

const enum Refined {
  Tls = 0,
}

export const smtp: Protocol = {
  name: 'smtp',
  title: 'Simple Mail Transfer Protocol, and TLS after STARTTLS',
  evidence: 'a 220 greeting that names SMTP, or a greeting of the client, or an envelope command',
  transports: Transport.Tcp,
  ports: [25, 587, 2525],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'hello', type: ElementType.Text, many: true, ie: 'smtpHello' },
    { name: 'from', type: ElementType.Text, many: true, ie: 'smtpFrom' },
    { name: 'to', type: ElementType.Text, many: true, ie: 'smtpTo' },
    { name: 'authentication', type: ElementType.Text, many: true },
    { name: 'startTls', type: ElementType.Flag, ie: 'smtpStartTLS' },
    { name: 'responses', type: ElementType.Text, many: true, ie: 'smtpResponse' },
    { name: 'user', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'commands', type: ElementType.Text, many: true, max: 16 },
    ...mailElements('smtpSubject'),
  ],

  recognise(octets, from, to, flow) {
    if (startsWithAnyCase(octets, from, to, MAIL) || startsWithAnyCase(octets, from, to, RCPT)) return Verdict.Match;
    const isHello = startsWithAnyCase(octets, from, to, EHLO) || startsWithAnyCase(octets, from, to, HELO);
    if (isHello)
      return to - from === 4 || octets[from + 4] === 0x20 || octets[from + 4] === 0x0d
        ? Verdict.Match
        : Verdict.NoMatch;
    if (to - from < 4) return isText(octets, from, to) ? Verdict.NeedMore : Verdict.NoMatch;
    if (!startsWithAnyCase(octets, from, to, READY) || (octets[from + 3] !== 0x20 && octets[from + 3] !== 0x2d)) {
      return Verdict.NoMatch;
    }
    const line = indexOf(octets, from, to, 0x0a);
    const end = line < 0 ? to : line;
    for (let p = from + 4; p + 4 <= end; p++) if (startsWithAnyCase(octets, p, end, SMTP)) return Verdict.Match;
    return line < 0 && !flow.isLast && to - from < 512 ? Verdict.NeedMore : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: 8_192,
    resumes: true,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      const server = words[memory + Memory.Server];
      const isServer = server === 0 ? isReply(octets, from, to) : server === flow.direction + 1;
      if (!isServer) {
        const chunk = memory + Memory.Chunk;
        if (words[chunk] > 0) return readMailOfLength(octets, from, to, flow, chunk, Place.Mail);
        if (words[memory + Memory.State] >= State.Header) return readMail(octets, from, to, flow);
      }
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast && to - from < Bound.Line) return Extract.More;
      if (!flow.wantsMetadata && !mayPrecedeTls(octets, from, to)) return Extract.End;
      if (line < 0 && !flow.isLast) return to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = line < 0 ? to - from : line + 1 - from;
      if (!flow.wantsMetadata && ++words[memory + Memory.Lines] > Bound.Lines) return Extract.End;
      words[memory + Memory.Server] = (isServer ? flow.direction : 1 - flow.direction) + 1;
      if (words[memory + Memory.State] === State.Commands && isStrange(octets, from, end, isServer)) {
        if (++words[memory + Memory.Strange] > Bound.Strange) return Extract.End;
      }
      if (isServer) return readReply(octets, from, end, flow, next);
      return next + readLine(octets, from, end, flow);
    },
  },
};

/** Three digits and a space or hyphen: replies only servers send; in a mail's text it would be taken for one. */
function isReply(octets: Uint8Array, from: number, to: number): boolean {
  return (
    to - from >= 4 &&
    octets[from] >= 0x32 &&
    octets[from] <= 0x35 &&
    isDigit(octets[from + 1]) &&
    isDigit(octets[from + 2]) &&
    (octets[from + 3] === 0x20 || octets[from + 3] === 0x2d)
  );
}

function startsWithOneOf(octets: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): boolean {
  for (let n = 0; n < words.length; n++) if (startsWithAnyCase(octets, from, to, words[n])) return true;
  return false;
}

function isStrange(octets: Uint8Array, from: number, to: number, isServer: boolean): boolean {
  if (isServer) return !isReply(octets, from, to);
  return !startsWithOneOf(octets, from, to, COMMANDS);
}

/** Whether STARTTLS may come behind the line: behind the start of an envelope, or a mail's text, it does not. */
function mayPrecedeTls(octets: Uint8Array, from: number, to: number): boolean {
  return isReply(octets, from, to) || startsWithOneOf(octets, from, to, BEFORE_TLS);
}

function readReply(octets: Uint8Array, from: number, to: number, flow: FlowView, next: number): number {
  const { words, memory, out } = flow;
  if (startsWithAnyCase(octets, from, to, READY)) {
    if (words[memory + Memory.AskedTls] === 1) {
      flow.handOver(Refined.Tls);
      return next;
    }
    out.text(Place.Greeting, octets, from + 4, to);
  } else if (startsWithAnyCase(octets, from, to, GO_ON)) {
    if (words[memory + Memory.State] === State.Commands) words[memory + Memory.State] = State.Header;
  } else if (octets[from] >= 0x34) {
    words[memory + Memory.AskedTls] = 0;
    out.text(Place.Responses, octets, from, to);
  }
  if (octets[from] !== 0x33 && words[memory + Memory.State] === State.Secret) {
    words[memory + Memory.State] = State.Commands;
  }
  return next;
}

/** Answers how many octets behind the line are of no interest. */
function readLine(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory, out } = flow;
  const mechanism = memory + Memory.Mechanism;
  if (words[memory + Memory.State] === State.Secret) {
    words[mechanism] = readSasl(octets, from, to, words[mechanism], flow, Place.User, Place.Password);
    return 0;
  }
  out.text(Place.Commands, octets, from, wordEnd(octets, from, to));
  if (startsWithAnyCase(octets, from, to, MAIL)) writeAddress(octets, from + MAIL.length, to, flow, Place.From);
  else if (startsWithAnyCase(octets, from, to, RCPT)) writeAddress(octets, from + RCPT.length, to, flow, Place.To);
  else if (startsWithAnyCase(octets, from, to, EHLO) || startsWithAnyCase(octets, from, to, HELO)) {
    writeTrimmed(octets, from + 4, to, flow, Place.Hello);
  } else if (startsWithAnyCase(octets, from, to, STARTTLS)) {
    words[memory + Memory.AskedTls] = 1;
    out.flag(Place.StartTls, true);
  } else if (startsWithAnyCase(octets, from, to, AUTH)) {
    // The mechanism, not what follows it.
    const name = from + AUTH.length;
    const end = wordEnd(octets, name, to);
    out.text(Place.Authentication, octets, name, end);
    words[memory + Memory.State] = State.Secret;
    words[mechanism] = mechanismOf(octets, name, end);
    if (end < to) words[mechanism] = readSasl(octets, end + 1, to, words[mechanism], flow, Place.User, Place.Password);
  } else if (startsWithAnyCase(octets, from, to, DATA) && to - from === 4) words[memory + Memory.State] = State.Header;
  else if (startsWithAnyCase(octets, from, to, BDAT)) return beginChunk(octets, from + BDAT.length, to, flow);
  return 0;
}

/** A chunk of a mail (RFC 3030 §2): the first one begins with the header. Answers how many octets of it to skip. */
function beginChunk(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  const length = decimal(octets, skipSpaces(octets, from, to), to);
  const isFirst = words[memory + Memory.IsChunked] === 0;
  words[memory + Memory.IsChunked] = contains(octets, from, to, LAST) ? 0 : 1;
  if (length <= 0) return 0;
  if (!isFirst) return length;
  words[memory + Memory.Chunk] = length;
  return 0;
}

/** A mail between DATA and the line with a dot. */
function readMail(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  const state = words[memory + Memory.State] as State;
  if (state !== State.Header) {
    const skipped = skipMailText(octets, from, to, state === State.TextStart, flow.isLast);
    if (skipped === MailText.More) return Extract.More;
    words[memory + Memory.State] = skipped & MailText.Ended ? State.Commands : State.Text;
    return skipped & ~MailText.Ended;
  }
  const line = fieldEnd(octets, from, Math.min(to, from + LONGEST_FIELD), flow.isLast);
  if (line < 0 && !flow.isLast && to - from < LONGEST_FIELD) return Extract.More;
  const end = line < 0 ? to : lineEnd(octets, from, line);
  if (end === from) words[memory + Memory.State] = State.TextStart;
  else writeMailField(octets, from, end, flow, Place.Mail);
  return (line < 0 ? to : line + 1) - from;
}

/** What stands between angle brackets, or all. */
function writeAddress(octets: Uint8Array, from: number, to: number, flow: FlowView, place: Place): void {
  const open = indexOf(octets, from, to, 0x3c);
  const close = open < 0 ? -1 : indexOf(octets, open, to, 0x3e);
  if (close < 0) writeTrimmed(octets, from, to, flow, place);
  else flow.out.text(place, octets, open + 1, close);
}

function writeTrimmed(octets: Uint8Array, from: number, to: number, flow: FlowView, place: Place): void {
  let start = from;
  while (start < to && octets[start] === 0x20) start++;
  flow.out.text(place, octets, start, to);
}
