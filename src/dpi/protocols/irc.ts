import { leadingWord, mayLead, skipSpaces, wordEnd } from '../lines.js';
import { ascii, indexOf, isDigit, lineEnd } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Nick = 0,
  User = 1,
  Password = 2,
  Channels = 3,
  Messages = 4,
}

/** RFC 2812 §3 and the capability negotiation of IRCv3; those that POP3 and FTP have as well come first. */
const COMMANDS: readonly Uint8Array[] = [
  ascii('USER'),
  ascii('PASS'),
  ascii('QUIT'),
  ascii('NICK'),
  ascii('JOIN'),
  ascii('CAP LS'),
  ascii('CAP REQ'),
  ascii('CAP END'),
  ascii('PRIVMSG'),
  ascii('NOTICE'),
  ascii('PING'),
  ascii('PONG'),
  ascii('MODE'),
  ascii('WHO'),
  ascii('WHOIS'),
  ascii('TOPIC'),
  ascii('PART'),
  ascii('ERROR'),
];
const enum Command {
  User = 0,
  Pass = 1,
  Nick = 3,
  Join = 4,
  Privmsg = 8,
  Notice = 9,
}
const enum Bound {
  Line = 512,
  Lines = 128,
  SeenLines = 8,
}

export const irc: Protocol = {
  name: 'irc',
  title: 'Internet Relay Chat',
  evidence: 'NICK and USER with its four parameters, or an answer with a prefix and a numeric or a notice',
  transports: Transport.Tcp,
  ports: [6667, 6666, 6668, 6669, 194],
  elements: [
    { name: 'nick', type: ElementType.Text, many: true },
    { name: 'user', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'channels', type: ElementType.Text, many: true },
    { name: 'messages', type: ElementType.Text, many: true, ie: 'ircTextMessage' },
  ],

  recognise(octets, from, to, flow) {
    let p = from;
    let nick = false;
    for (let n = 0; n < Bound.SeenLines && p < to; n++) {
      if (octets[p] !== 0x3a && !mayLead(octets, p, to, COMMANDS)) return Verdict.NoMatch;
      const line = indexOf(octets, p, Math.min(to, p + Bound.Line), 0x0a);
      if (line < 0) {
        if (octets[p] === 0x3a && !isPrefix(octets, p, to)) return Verdict.NoMatch;
        return flow.isLast || to - p >= Bound.Line ? Verdict.NoMatch : Verdict.NeedMore;
      }
      const end = lineEnd(octets, p, line);
      if (octets[p] === 0x3a) return isAnswer(octets, p, end) ? Verdict.Match : Verdict.NoMatch;
      const word = leadingWord(octets, p, line + 1, COMMANDS);
      if (word < 0) return Verdict.NoMatch;
      const value = skipSpaces(octets, p + COMMANDS[word].length, end);
      const parameters = countParameters(octets, value, end);
      if (word === Command.User && parameters >= 4) return Verdict.Match;
      if (nick && word > Command.Nick) return Verdict.Match;
      if (word === Command.Nick && parameters <= 2 && parameters > 0) nick = true;
      else if (word === Command.Join && end > value && (octets[value] === 0x23 || octets[value] === 0x26))
        return Verdict.Match;
      else if (word === Command.Notice && end - value > 4 && indexOf(octets, value, end, 0x3a) > 0)
        return Verdict.Match;
      else if (word === Command.Privmsg && indexOf(octets, value, end, 0x3a) > 0) return Verdict.Match;
      else if (word > Command.Nick && (word < 5 || word > 7)) return Verdict.NoMatch;
      p = line + 1;
    }
    return flow.isLast ? (nick ? Verdict.Likely : Verdict.NoMatch) : Verdict.NeedMore;
  },

  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      if (++flow.words[flow.memory] > Bound.Lines) return Extract.End;
      readLine(octets, from, line < 0 ? to : lineEnd(octets, from, line), flow);
      return (line < 0 ? to : line + 1) - from;
    },
  },
};

/** Whether a colon and the name of a server or a user can begin so. */
function isPrefix(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from + 1; p < to && octets[p] !== 0x20; p++) if (octets[p] <= 0x20 || octets[p] > 0x7e) return false;
  return true;
}

/** A prefix, then a number of three digits and the nick, or one of the commands. */
function isAnswer(octets: Uint8Array, from: number, to: number): boolean {
  const prefix = wordEnd(octets, from + 1, to);
  if (prefix === from + 1 || prefix >= to || octets[prefix] !== 0x20) return false;
  const at = prefix + 1;
  if (at + 4 < to && isDigit(octets[at]) && isDigit(octets[at + 1]) && isDigit(octets[at + 2])) {
    return octets[at + 3] === 0x20;
  }
  return leadingWord(octets, at, to, COMMANDS) >= 0;
}

/** Words up to one that begins with a colon, which is the last. */
function countParameters(octets: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let p = from; p < to && count < 16; count++) {
    if (octets[p] === 0x3a) return count + 1;
    p = skipSpaces(octets, wordEnd(octets, p, to), to);
    if (p < to && octets[p] < 0x20) return count + 1;
  }
  return count;
}

function readLine(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const at = octets[from] === 0x3a ? skipSpaces(octets, wordEnd(octets, from, to), to) : from;
  const word = leadingWord(octets, at, to + 1, COMMANDS);
  const value = word < 0 ? to : skipSpaces(octets, at + COMMANDS[word].length, to);
  if (word === Command.Pass) {
    out.text(Place.Password, octets, value, to);
    return;
  }
  out.text(Place.Messages, octets, from, to);
  if (at !== from) return;
  if (word === Command.Nick) out.text(Place.Nick, octets, value, wordEnd(octets, value, to));
  else if (word === Command.User) out.text(Place.User, octets, value, wordEnd(octets, value, to));
  else if (word === Command.Join) out.text(Place.Channels, octets, value, wordEnd(octets, value, to));
}
