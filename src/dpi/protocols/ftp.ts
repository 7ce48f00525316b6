import { contains, isLine, leadingWord, mayLead, replyCode, skipSpaces } from '../lines.js';
import { ascii, decimal, indexOf, isDigit, lineEnd } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Greeting = 0,
  User = 1,
  Password = 2,
  Type = 3,
  Files = 4,
  Folders = 5,
  Commands = 6,
  Responses = 7,
  StartTls = 8,
}

/** Commands that other protocols have as well, then those that only FTP has (RFC 959, 2228, 2389, 2428, 3659). */
const COMMANDS: readonly Uint8Array[] = [
  ascii('USER'),
  ascii('PASS'),
  ascii('QUIT'),
  ascii('NOOP'),
  ascii('LIST'),
  ascii('STAT'),
  ascii('HELP'),
  ascii('AUTH TLS'),
  ascii('AUTH SSL'),
  ascii('AUTH GSSAPI'),
  ascii('SYST'),
  ascii('FEAT'),
  ascii('PASV'),
  ascii('EPSV'),
  ascii('PORT'),
  ascii('EPRT'),
  ascii('TYPE'),
  ascii('CWD'),
  ascii('CDUP'),
  ascii('PWD'),
  ascii('XPWD'),
  ascii('NLST'),
  ascii('MLSD'),
  ascii('MLST'),
  ascii('RETR'),
  ascii('STOR'),
  ascii('APPE'),
  ascii('DELE'),
  ascii('RNFR'),
  ascii('RNTO'),
  ascii('MKD'),
  ascii('RMD'),
  ascii('SIZE'),
  ascii('MDTM'),
  ascii('REST'),
  ascii('SITE'),
  ascii('OPTS'),
  ascii('PBSZ'),
  ascii('PROT'),
  ascii('ADAT'),
  ascii('ACCT'),
  ascii('CLNT'),
  ascii('ABOR'),
  ascii('MODE'),
  ascii('STRU'),
  ascii('ALLO'),
];
const enum Command {
  User = 0,
  Pass = 1,
  AuthTls = 7,
  AuthSsl = 8,
  FirstOwn = 7,
  Port = 14,
  ExtendedPort = 15,
  Type = 16,
  Cwd = 17,
  Retrieve = 24,
  RenameTo = 29,
  MakeFolder = 30,
  RemoveFolder = 31,
  /** Two that POP3 has as well. */
  Delete = 27,
}

const FTP = ascii('FTP');
const FILEZILLA = ascii('FILEZILLA');
const SMTP = ascii('SMTP');
const TRANSFER = ascii('TRANSFER');

const enum Bound {
  Line = 512,
  SeenLines = 40,
}

const enum Memory {
  AskedTls = 0,
  Words = 1,
}

const enum Refined {
  Tls = 0,
  Data = 1,
}

export const ftp: Protocol = {
  name: 'ftp',
  title: 'File Transfer Protocol: its commands, and TLS after AUTH',
  evidence: 'a 220 greeting that names FTP, or replies or commands that only FTP has',
  transports: Transport.Tcp,
  ports: [21, 2121],
  refines: ['tls', 'ftp-data'],
  refinesLabels: true,
  elements: [
    { name: 'greeting', type: ElementType.Text },
    { name: 'user', type: ElementType.Text, ie: 'ftpUser' },
    { name: 'password', type: ElementType.Text, secret: true, ie: 'ftpPass' },
    { name: 'type', type: ElementType.Text, ie: 'ftpType' },
    { name: 'files', type: ElementType.Text, many: true, ie: 'ftpReturn' },
    { name: 'folders', type: ElementType.Text, many: true },
    { name: 'commands', type: ElementType.Text, many: true },
    { name: 'responses', type: ElementType.Text, many: true, ie: 'ftpRespCode' },
    { name: 'startTls', type: ElementType.Flag },
  ],

  recognise(octets, from, to, flow) {
    const first = octets[from];
    if (first >= 0x31 && first <= 0x36) return recogniseServer(octets, from, to, flow);
    return mayLead(octets, from, to, COMMANDS) ? recogniseClient(octets, from, to, flow) : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: 4_096,
    resumes: true,
    extract(octets, from, to, flow) {
      const line = indexOf(octets, from, Math.min(to, from + Bound.Line), 0x0a);
      if (line < 0 && !flow.isLast) return to - from < Bound.Line ? Extract.More : to - from;
      const end = line < 0 ? to : lineEnd(octets, from, line);
      const next = (line < 0 ? to : line + 1) - from;
      if (isDigit(octets[from]) || octets[from] === 0x20) readReply(octets, from, end, flow);
      else readCommand(octets, from, end, flow);
      return next;
    },
  },
};

function recogniseServer(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  let p = from;
  for (let n = 0; n < Bound.SeenLines; n++) {
    const line = indexOf(octets, p, Math.min(to, p + Bound.Line), 0x0a);
    const end = line < 0 ? Math.min(to, p + Bound.Line) : line;
    if (!isLine(octets, p, lineEnd(octets, p, end))) return Verdict.NoMatch;
    if (n === 0 && end - p >= 3 && replyCode(octets, p, end) < 0) return Verdict.NoMatch;
    const code = line < 0 ? -1 : replyCode(octets, p, end);
    if (startsWithDigits(octets, from, end, 0x32, 0x32, 0x30)) {
      if (contains(octets, p, end, SMTP)) return Verdict.NoMatch;
      if (contains(octets, p, end, FTP) || contains(octets, p, end, FILEZILLA)) return Verdict.Match;
    }
    if (line < 0) return to - p < Bound.Line && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    if (code >= 0) {
      // USER is answered so, and passive mode; a protocol with other lines in front has other answers.
      if (code === 331 || code === 257) return Verdict.Match;
      if ((code === 227 || code === 229) && indexOf(octets, p, end, 0x28) > 0) return Verdict.Match;
      if ((code === 226 || code === 150) && contains(octets, p, end, TRANSFER)) return Verdict.Match;
      if (code === 354 || code === 250 || code < 110) return Verdict.NoMatch;
    }
    p = line + 1;
    if (p >= to) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  }
  return Verdict.NoMatch;
}

function recogniseClient(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const { otherOctets, otherFrom, otherTo } = flow;
  const isAnswered = otherTo - otherFrom >= 3;
  const code = isAnswered ? replyCode(otherOctets, otherFrom, otherTo) : -1;
  if (isAnswered && (code < 0 || contains(otherOctets, otherFrom, Math.min(otherTo, otherFrom + 256), SMTP)))
    return Verdict.NoMatch;
  let p = from;
  for (let n = 0; n < Bound.SeenLines && p < to; n++) {
    const line = indexOf(octets, p, Math.min(to, p + Bound.Line), 0x0a);
    if (line < 0) {
      if (!isLine(octets, p, to - (octets[to - 1] === 0x0d ? 1 : 0)) || to - p >= Bound.Line) return Verdict.NoMatch;
      return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    }
    const word = leadingWord(octets, p, line + 1, COMMANDS);
    if (word < 0 || !isLine(octets, p, lineEnd(octets, p, line))) return Verdict.NoMatch;
    if (code === 220 && (word === Command.User || word >= Command.FirstOwn)) return Verdict.Match;
    if (word >= Command.FirstOwn && word !== Command.Delete && word !== Command.Retrieve) {
      return n > 0 || code >= 0 ? Verdict.Match : Verdict.Likely;
    }
    p = line + 1;
  }
  return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
}

function startsWithDigits(octets: Uint8Array, from: number, to: number, a: number, b: number, c: number): boolean {
  return to - from >= 3 && octets[from] === a && octets[from + 1] === b && octets[from + 2] === c;
}

function readReply(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const code = replyCode(octets, from, to);
  if (code < 0) return;
  if (code === 220) out.text(Place.Greeting, octets, Math.min(to, from + 4), to);
  else out.text(Place.Responses, octets, from, to);
  if (code === 234 && words[memory + Memory.AskedTls] === 1) {
    out.flag(Place.StartTls, true);
    flow.handOver(Refined.Tls);
  } else if (code >= 500) words[memory + Memory.AskedTls] = 0;
  else if (code === 227) {
    const open = indexOf(octets, from, to, 0x28);
    if (open > 0) expectData(flow, portOfSix(octets, open + 1, to));
  } else if (code === 229) {
    const open = indexOf(octets, from, to, 0x28);
    if (open > 0 && open + 4 < to) expectData(flow, decimal(octets, open + 4, to));
  }
}

function readCommand(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { words, memory, out } = flow;
  const word = leadingWord(octets, from, to + 1, COMMANDS);
  if (word < 0) return;
  const value = skipSpaces(octets, from + COMMANDS[word].length, to);
  out.text(Place.Commands, octets, from, from + COMMANDS[word].length);
  switch (word) {
    case Command.User:
      out.text(Place.User, octets, value, to);
      return;
    case Command.Pass:
      out.text(Place.Password, octets, value, to);
      return;
    case Command.AuthTls:
    case Command.AuthSsl:
      words[memory + Memory.AskedTls] = 1;
      return;
    case Command.Type:
      out.text(Place.Type, octets, value, to);
      return;
    case Command.Port:
      expectData(flow, portOfSix(octets, value, to));
      return;
    case Command.ExtendedPort:
      expectData(flow, lastPort(octets, value, to));
      return;
    case Command.Cwd:
    case Command.MakeFolder:
    case Command.RemoveFolder:
      out.text(Place.Folders, octets, value, to);
      return;
  }
  if (word >= Command.Retrieve && word <= Command.RenameTo) out.text(Place.Files, octets, value, to);
}

function expectData(flow: FlowView, port: number): void {
  if (port > 0 && port < 65_536) flow.expect(Transport.Tcp, port, Refined.Data);
}

/** The port of h1,h2,h3,h4,p1,p2; -1 when that is not there. */
function portOfSix(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  let high = 0;
  for (let n = 0; n < 6; n++) {
    const value = decimal(octets, p, to);
    if (value < 0 || value > 255) return -1;
    if (n === 5) return high * 256 + value;
    high = value;
    p = indexOf(octets, p, to, 0x2c) + 1;
    if (p === 0) return -1;
  }
  return -1;
}

/** The port of |2|address|port| (RFC 2428 §2), whatever stands for the strokes. */
function lastPort(octets: Uint8Array, from: number, to: number): number {
  if (to - from < 6) return -1;
  const stroke = octets[from];
  const address = indexOf(octets, from + 1, to, stroke);
  const port = address < 0 ? -1 : indexOf(octets, address + 1, to, stroke);
  return port < 0 ? -1 : decimal(octets, port + 1, to);
}
