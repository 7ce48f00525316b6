import { contains, isLine, leadingWord, mayLead, replyCode, skipSpaces } from '../lines.js';
import { ascii, indexOf, lineEnd } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Greeting = 0,
  Commands = 1,
  Groups = 2,
  User = 3,
  Password = 4,
  Responses = 5,
}

/** RFC 3977, 4643 and 2980; none is a command of another protocol of lines but the last ones. */
const COMMANDS: readonly Uint8Array[] = [
  ascii('GROUP'),
  ascii('AUTHINFO USER'),
  ascii('AUTHINFO PASS'),
  ascii('MODE READER'),
  ascii('MODE STREAM'),
  ascii('ARTICLE'),
  ascii('XOVER'),
  ascii('OVER'),
  ascii('XHDR'),
  ascii('LISTGROUP'),
  ascii('NEWGROUPS'),
  ascii('NEWNEWS'),
  ascii('CAPABILITIES'),
  ascii('IHAVE'),
  ascii('TAKETHIS'),
  ascii('LIST ACTIVE'),
  ascii('LIST OVERVIEW.FMT'),
  ascii('LIST NEWSGROUPS'),
  ascii('STARTTLS'),
  ascii('BODY'),
  ascii('HEAD'),
  ascii('STAT'),
  ascii('LIST'),
  ascii('HELP'),
  ascii('DATE'),
  ascii('QUIT'),
];
const enum Command {
  Group = 0,
  User = 1,
  Pass = 2,
  /** Those from here on other protocols have as well. */
  Weak = 18,
  StartTls = 18,
}
const NAMES: readonly Uint8Array[] = [ascii('NNTP'), ascii('NEWS'), ascii('INN'), ascii('USENET'), ascii('POSTING')];
const enum Bound {
  Line = 512,
  Lines = 512,
  /** STARTTLS comes early or never. */
  LinesForLabel = 16,
}
const enum Memory {
  Lines = 0,
  Replies = 1,
  AskedTls = 2,
  Words = 3,
}
const enum Refined {
  Tls = 0,
}
/** RFC 4642 §2.2. */
const TLS_FOLLOWS = 382;

export const nntp: Protocol = {
  name: 'nntp',
  title: 'Network News Transfer Protocol, and TLS after STARTTLS',
  evidence: 'a 200 or 201 greeting that speaks of news, or commands that only NNTP has',
  transports: Transport.Tcp,
  ports: [119, 433],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'commands', type: ElementType.Text, many: true, ie: 'nntpCommand' },
    { name: 'groups', type: ElementType.Text, many: true },
    { name: 'user', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'responses', type: ElementType.Text, many: true, ie: 'nntpResponse' },
  ],

  recognise(octets, from, to, flow) {
    const isServer = octets[from] === 0x32;
    if (!isServer && !mayLead(octets, from, to, COMMANDS)) return Verdict.NoMatch;
    const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
    const end = line < 0 ? to : lineEnd(octets, from, line);
    if (isServer && to - from >= 4) {
      const code = replyCode(octets, from, to);
      if (code !== 200 && code !== 201) return Verdict.NoMatch;
      for (let n = 0; n < NAMES.length; n++) if (contains(octets, from, end, NAMES[n])) return Verdict.Match;
    }
    if (!isLine(octets, from, end > from && octets[end - 1] === 0x0d ? end - 1 : end)) return Verdict.NoMatch;
    const isLast = flow.isLast || to - from >= Bound.Line;
    if (line < 0) return isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const { otherOctets, otherFrom, otherTo } = flow;
    if (isServer) {
      const word = leadingWord(otherOctets, otherFrom, otherTo, COMMANDS);
      if (word >= 0 && word < Command.Weak) return Verdict.Match;
      return isLast ? Verdict.NoMatch : Verdict.NeedMore;
    }
    const word = leadingWord(octets, from, to, COMMANDS);
    if (word < 0) return Verdict.NoMatch;
    const code = replyCode(otherOctets, otherFrom, otherTo);
    if (code === 200 || code === 201) return Verdict.Match;
    if (otherTo > otherFrom && code < 0) return Verdict.NoMatch;
    return word < Command.Weak ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: 1_024,
    resumes: true,
    extract(octets, from, to, flow) {
      const { words, memory, out } = flow;
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      if (++words[memory + Memory.Lines] > Bound.Lines) return flow.out.stop();
      const code = replyCode(octets, from, end);
      if (code >= 0) {
        if (code === TLS_FOLLOWS && words[memory + Memory.AskedTls] === 1) flow.handOver(Refined.Tls);
        words[memory + Memory.AskedTls] = 0;
        if (words[memory + Memory.Replies]++ === 0) out.text(Place.Greeting, octets, Math.min(end, from + 4), end);
        out.text(Place.Responses, octets, from, end);
      } else if (!flow.wantsMetadata && words[memory + Memory.Lines] > Bound.LinesForLabel) return Extract.End;
      else readCommand(octets, from, end, flow);
      return (line < 0 ? to : line + 1) - from;
    },
  },
};

function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const word = leadingWord(octets, from, to + 1, COMMANDS);
  if (word < 0) return;
  if (word === Command.StartTls) flow.words[flow.memory + Memory.AskedTls] = 1;
  const value = skipSpaces(octets, from + COMMANDS[word].length, to);
  if (word === Command.Pass) {
    out.text(Place.Password, octets, value, to);
    return;
  }
  out.text(Place.Commands, octets, from, to);
  if (word === Command.Group) out.text(Place.Groups, octets, value, to);
  else if (word === Command.User) out.text(Place.User, octets, value, to);
}
