import { contains, isLine, leadingWord, mayLead, skipSpaces, wordEnd } from '../lines.js';
import { mailElements, readMailOfLength } from '../mail-header.js';
import { ascii, decimal, indexOf, lineEnd, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { mechanismOf, readSasl } from '../sasl.js';

const enum Place {
  Greeting = 0,
  Capabilities = 1,
  Login = 2,
  Password = 3,
  StartTls = 4,
  Authentication = 5,
  Commands = 6,
  Mailboxes = 7,
  Exists = 8,
  Recent = 9,
  Mail = 10,
}

/** Client commands (RFC 3501, 2177, 2342, 2971, 6851). */
const COMMANDS: readonly Uint8Array[] = [
  ascii('LOGIN'),
  ascii('AUTHENTICATE'),
  ascii('STARTTLS'),
  ascii('SELECT'),
  ascii('EXAMINE'),
  ascii('CAPABILITY'),
  ascii('NOOP'),
  ascii('LOGOUT'),
  ascii('ID'),
  ascii('NAMESPACE'),
  ascii('LIST'),
  ascii('LSUB'),
  ascii('STATUS'),
  ascii('FETCH'),
  ascii('STORE'),
  ascii('SEARCH'),
  ascii('UID'),
  ascii('IDLE'),
  ascii('COPY'),
  ascii('EXPUNGE'),
  ascii('CLOSE'),
  ascii('CHECK'),
  ascii('APPEND'),
  ascii('CREATE'),
  ascii('DELETE'),
  ascii('RENAME'),
  ascii('SUBSCRIBE'),
  ascii('UNSUBSCRIBE'),
  ascii('ENABLE'),
  ascii('COMPRESS'),
  ascii('GETQUOTAROOT'),
];
const enum Command {
  Login = 0,
  Authenticate = 1,
  StartTls = 2,
  Select = 3,
  Examine = 4,
  Uid = 16,
  Append = 22,
}
/** What an untagged answer of the server begins with. */
const ANSWERS: readonly Uint8Array[] = [
  ascii('* OK'),
  ascii('* PREAUTH'),
  ascii('* BYE'),
  ascii('* CAPABILITY'),
  ascii('* FLAGS'),
  ascii('* LIST'),
  ascii('* ID'),
  ascii('* NAMESPACE'),
];
const CAPABILITY = ascii('CAPABILITY');
const STATUSES: readonly Uint8Array[] = [ascii('OK'), ascii('NO'), ascii('BAD')];
const EXISTS = ascii('EXISTS');
const RECENT = ascii('RECENT');
/** Items of FETCH that begin with the header of a mail (RFC 3501 §6.4.5). */
const MAILS: readonly Uint8Array[] = [ascii('BODY[]'), ascii('BODY[HEADER'), ascii('RFC822 '), ascii('RFC822.HEADER')];

const enum Refined {
  Tls = 0,
}

const enum Memory {
  AskedTls = 0,
  Commands = 1,
  Greeted = 2,
  IsSecret = 3,
  /** For each direction: octets that are left of a literal whose header is read. */
  Literal = 4,
  /** `Mechanism` of the authentication. */
  Mechanism = 6,
  Words = 7,
}
const enum Bound {
  Line = 2_048,
  Commands = 256,
  Tag = 24,
}

export const imap: Protocol = {
  name: 'imap',
  title: 'Internet Message Access Protocol, and TLS after STARTTLS',
  evidence: 'an untagged answer of the server, or a tag and a command of RFC 3501',
  transports: Transport.Tcp,
  ports: [143],
  least: 2,
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'capabilities', type: ElementType.Text, many: true, max: 1_024, ie: 'imapCapability' },
    { name: 'login', type: ElementType.Text, many: true, ie: 'imapLogin' },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'startTls', type: ElementType.Text, ie: 'imapStartTLS' },
    { name: 'authentication', type: ElementType.Text, many: true, ie: 'imapAuthenticate' },
    { name: 'commands', type: ElementType.Text, many: true, ie: 'imapCommand' },
    { name: 'mailboxes', type: ElementType.Text, many: true },
    { name: 'exists', type: ElementType.Text, many: true, ie: 'imapExists' },
    { name: 'recent', type: ElementType.Text, many: true, ie: 'imapRecent' },
    ...mailElements(),
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === 0x2a) {
      if (leadingWord(octets, from, to, ANSWERS) >= 0) return Verdict.Match;
      return mayLead(octets, from, to, ANSWERS) && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    }
    const tag = tagEnd(octets, from, to);
    if (tag < 0) return Verdict.NoMatch;
    if (tag === to) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const line = indexOf(octets, tag, Math.min(to, tag + Bound.Line), 0x0a);
    if (!isLine(octets, tag, line < 0 ? to - (octets[to - 1] === 0x0d ? 1 : 0) : lineEnd(octets, tag, line)))
      return Verdict.NoMatch;
    const word = leadingWord(octets, tag + 1, to, COMMANDS);
    if (word < 0) return !flow.isLast && mayLead(octets, tag + 1, to, COMMANDS) ? Verdict.NeedMore : Verdict.NoMatch;
    if (line < 0) return flow.isLast || to - from >= Bound.Line ? Verdict.NoMatch : Verdict.NeedMore;
    // A tag has a digit with all clients; words such as "please copy" have none.
    return hasDigit(octets, from, tag) ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    words: Memory.Words,
    window: 4_096,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      const left = memory + Memory.Literal + flow.direction;
      if (words[left] > 0) return readMailOfLength(octets, from, to, flow, left, Place.Mail);
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = (line < 0 ? to : line + 1) - from;
      if (octets[from] === 0x2a || octets[from] === 0x2b) {
        readUntagged(octets, from, end, flow);
        return next + literal(octets, from, end, flow, hasMail(octets, from, end));
      }
      const tag = tagEnd(octets, from, end);
      if (tag < 0 || tag >= end) {
        if (words[memory + Memory.IsSecret] !== 0) authenticate(octets, from, end, flow);
        return next;
      }
      if (leadingWord(octets, tag + 1, end + 1, STATUSES) >= 0) {
        const isOk = octets[tag + 1] === 0x4f || octets[tag + 1] === 0x6f;
        if (words[memory + Memory.AskedTls] === 1 && isOk) flow.handOver(Refined.Tls);
        words[memory + Memory.AskedTls] = 0;
        words[memory + Memory.IsSecret] = 0;
        return next;
      }
      if (words[memory + Memory.IsSecret] !== 0) return next;
      const command = readCommand(octets, tag + 1, end, flow);
      return command < 0 ? next : next + literal(octets, from, end, flow, command === Command.Append);
    },
  },
};

/** Where the tag ends: at a space; `to` when that is still to come, -1 when there is none. */
function tagEnd(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  for (; p < to && p < from + Bound.Tag; p++) {
    const octet = octets[p];
    const isLetter = (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a);
    const isOther = (octet >= 0x30 && octet <= 0x39) || octet === 0x2e || octet === 0x2d || octet === 0x5f;
    if (!isLetter && !isOther) break;
  }
  if (p === to) return to;
  return p > from && octets[p] === 0x20 ? p : -1;
}

function hasDigit(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (octets[p] >= 0x30 && octets[p] <= 0x39) return true;
  return false;
}

function readUntagged(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const value = skipSpaces(octets, from + 1, to);
  if (words[memory + Memory.Greeted] === 0) {
    words[memory + Memory.Greeted] = 1;
    out.text(Place.Greeting, octets, value, to);
  }
  if (startsWithAnyCase(octets, value, to, CAPABILITY)) out.text(Place.Capabilities, octets, value + 11, to);
  if (decimal(octets, value, to) < 0) return;
  const what = skipSpaces(octets, wordEnd(octets, value, to), to);
  if (startsWithAnyCase(octets, what, to, EXISTS)) out.text(Place.Exists, octets, value, what - 1);
  else if (startsWithAnyCase(octets, what, to, RECENT)) out.text(Place.Recent, octets, value, what - 1);
}

/** Answers which command it is, -1 for none. */
function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory, out } = flow;
  const word = leadingWord(octets, from, to + 1, COMMANDS);
  if (word < 0) return -1;
  let nameEnd = from + COMMANDS[word].length;
  // UID stands in front of another one (RFC 3501 §6.4.8).
  if (word === Command.Uid) nameEnd = wordEnd(octets, skipSpaces(octets, nameEnd, to), to);
  const value = skipSpaces(octets, nameEnd, to);
  if (words[memory + Memory.Commands]++ >= Bound.Commands) out.stop();
  else out.text(Place.Commands, octets, from, nameEnd);
  switch (word) {
    case Command.Login: {
      const end = valueEnd(octets, value, to);
      writeValue(octets, value, end, flow, Place.Login);
      const password = skipSpaces(octets, end, to);
      // A literal comes in a line of its own.
      if (to > value && octets[to - 1] === 0x7d) words[memory + Memory.IsSecret] = 1;
      else if (to > password) writeValue(octets, password, to, flow, Place.Password);
      break;
    }
    case Command.Authenticate: {
      const end = wordEnd(octets, value, to);
      out.text(Place.Authentication, octets, value, end);
      words[memory + Memory.IsSecret] = 1;
      words[memory + Memory.Mechanism] = mechanismOf(octets, value, end);
      if (end < to) authenticate(octets, end + 1, to, flow);
      break;
    }
    case Command.StartTls:
      out.text(Place.StartTls, octets, from, nameEnd);
      words[memory + Memory.AskedTls] = 1;
      break;
    case Command.Select:
    case Command.Examine:
      writeValue(octets, value, to, flow, Place.Mailboxes);
  }
  return word;
}

/**
 * Octets to skip of the literal that the line from `from` to `to` announces with its length in braces at its end (RFC 3501
 * §4.3): none when it is a mail, whose header is read.
 */
function literal(octets: Uint8Array, from: number, to: number, flow: FlowView, isMail: boolean): number {
  if (octets[to - 1] !== 0x7d) return 0;
  let brace = to - 2;
  while (brace > from && octets[brace] !== 0x7b) brace--;
  const length = decimal(octets, brace + 1, to);
  if (length <= 0) return 0;
  if (!isMail) return length;
  flow.words[flow.memory + Memory.Literal + flow.direction] = length;
  return 0;
}

/** Whether a line of the server's announces a mail, or its header. */
function hasMail(octets: Uint8Array, from: number, to: number): boolean {
  for (const item of MAILS) if (contains(octets, from, to, item)) return true;
  return false;
}

/** A line of an authentication. */
function authenticate(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const mechanism = flow.memory + Memory.Mechanism;
  const { words } = flow;
  words[mechanism] = readSasl(octets, from, to, words[mechanism], flow, Place.Login, Place.Password);
}

/** Where an atom or a quoted string ends. */
function valueEnd(octets: Uint8Array, from: number, to: number): number {
  if (from >= to || octets[from] !== 0x22) return wordEnd(octets, from, to);
  const quote = indexOf(octets, from + 1, to, 0x22);
  return quote < 0 ? to : quote + 1;
}

function writeValue(octets: Uint8Array, from: number, to: number, flow: FlowView, place: Place): void {
  const isQuoted = to - from >= 2 && octets[from] === 0x22 && octets[to - 1] === 0x22;
  flow.out.text(place, octets, isQuoted ? from + 1 : from, isQuoted ? to - 1 : to);
}
