import { ascii, indexOf, isText, startsWith, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  User = 0,
  Database = 1,
  Application = 2,
  Password = 3,
  Queries = 4,
  ServerVersion = 5,
  Errors = 6,
}

/** Codes in place of a version (PostgreSQL, "Message Formats"). */
const enum Code {
  Cancel = 0x04d2_162e,
  Tls = 0x04d2_162f,
  Gss = 0x04d2_1630,
  Version3 = 0x0003_0000,
  LastVersion = 0x0003_0010,
}

const enum Type {
  Authentication = 0x52,
  Error = 0x45,
  Status = 0x53,
  No = 0x4e,
  Password = 0x70,
  Query = 0x51,
  Parse = 0x50,
}

const enum Memory {
  /** The client has said which version, and asked for TLS. */
  Started = 0,
  AskedTls = 1,
  Count = 2,
  /** The server has answered the question for TLS. */
  Answered = 3,
}

const enum Bound {
  Messages = 128,
  Window = 2_048,
}

const enum Refined {
  Tls = 0,
}

const USER = ascii('user');
const DATABASE = ascii('database');
const APPLICATION = ascii('application_name');
const SERVER_VERSION = ascii('server_version\0');
const SEVERITY = ascii('SFATAL\0');
const SEVERITY_ERROR = ascii('SERROR\0');

export const postgresql: Protocol = {
  name: 'postgresql',
  title: 'PostgreSQL, and TLS within',
  evidence: 'the startup message, or a request for TLS, or a question for authentication',
  transports: Transport.Tcp,
  ports: [5432],
  first: [0, Type.Authentication, Type.Error],
  least: 8,
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'user', type: ElementType.Text },
    { name: 'database', type: ElementType.Text },
    { name: 'application', type: ElementType.Text },
    { name: 'password', type: ElementType.Text, secret: true },
    { name: 'queries', type: ElementType.Text, max: 1_024, many: true },
    { name: 'serverVersion', type: ElementType.Text },
    { name: 'errors', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    const length = u32(octets, octets[from] === 0 ? from : from + 1);
    if (octets[from] === 0) {
      const code = u32(octets, from + 4);
      if (code === Code.Tls || code === Code.Gss) return length === 8 ? Verdict.Match : Verdict.NoMatch;
      if (code === Code.Cancel) return length === 16 ? Verdict.Match : Verdict.NoMatch;
      if (code < Code.Version3 || code > Code.LastVersion || length < 16 || length > 10_000) return Verdict.NoMatch;
      if (to - from < 13) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      return isText(octets, from + 8, from + 12) ? Verdict.Match : Verdict.NoMatch;
    }
    if (octets[from] === Type.Error) {
      if (length < 16 || length > 4_096) return Verdict.NoMatch;
      if (to - from < 12) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      const isError = startsWith(octets, from + 5, to, SEVERITY) || startsWith(octets, from + 5, to, SEVERITY_ERROR);
      return isError ? Verdict.Match : Verdict.NoMatch;
    }
    if (length < 8 || length > 512) return Verdict.NoMatch;
    if (to - from < 9) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return u32(octets, from + 5) <= 12 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 4,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (++words[memory + Memory.Count] > 2 * Bound.Messages) return Extract.End;
      const isStartup = octets[from] === 0 && flow.words[memory + Memory.Started] === 0;
      if (isStartup) return readStartup(octets, from, to, flow);
      const isAnswer = words[memory + Memory.AskedTls] === 1 && words[memory + Memory.Answered] === 0;
      if (isAnswer && (octets[from] === Type.Status || octets[from] === Type.No)) {
        words[memory + Memory.Answered] = 1;
        if (octets[from] === Type.Status) flow.handOver(Refined.Tls);
        return 1;
      }
      if (!flow.wantsMetadata) return Extract.End;
      return readMessage(octets, from, to, flow);
    },
  },
};

function readStartup(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  if (to - from < 8) return Extract.More;
  const length = u32(octets, from);
  const code = u32(octets, from + 4);
  if (length < 8 || length > Bound.Window) return Extract.EndDirection;
  if (code === Code.Tls || code === Code.Gss) {
    words[memory + Memory.AskedTls] = 1;
    words[memory + Memory.Answered] = 0;
    return 8;
  }
  if (to - from < length && !flow.isLast) return Extract.More;
  words[memory + Memory.Started] = 1;
  const end = Math.min(to, from + length);
  for (let p = from + 8, n = 0; n < 32 && p < end; n++) {
    const name = indexOf(octets, p, end, 0);
    if (name <= p) break;
    const value = indexOf(octets, name + 1, end, 0);
    if (value < 0) break;
    const place = isName(octets, p, name, USER)
      ? Place.User
      : isName(octets, p, name, DATABASE)
        ? Place.Database
        : isName(octets, p, name, APPLICATION)
          ? Place.Application
          : -1;
    if (place >= 0) flow.out.text(place, octets, name + 1, value);
    p = value + 1;
  }
  return length;
}

function isName(octets: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  return to - from === name.length && startsWith(octets, from, to, name);
}

function readMessage(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  if (to - from < 5) return Extract.More;
  const type = octets[from];
  const length = u32(octets, from + 1);
  if (type < 0x31 || type > 0x7a || length < 4) return Extract.EndDirection;
  const isTaken =
    type === Type.Password || type === Type.Query || type === Type.Parse || type === Type.Status || type === Type.Error;
  if (!isTaken) return 1 + length;
  const end = from + 1 + length;
  if (to < Math.min(end, from + Bound.Window - 1) && !flow.isLast) return Extract.More;
  const stop = Math.min(to, end);
  const text = from + 5;
  const zero = indexOf(octets, text, stop, 0);
  const textEnd = zero < 0 ? stop : zero;
  if (type === Type.Password) flow.out.text(Place.Password, octets, text, textEnd);
  else if (type === Type.Query) flow.out.text(Place.Queries, octets, text, textEnd);
  else if (type === Type.Parse && zero >= 0) {
    const query = indexOf(octets, zero + 1, stop, 0);
    flow.out.text(Place.Queries, octets, zero + 1, query < 0 ? stop : query);
  } else if (startsWith(octets, text, stop, SERVER_VERSION)) {
    const version = text + SERVER_VERSION.length;
    const last = indexOf(octets, version, stop, 0);
    flow.out.text(Place.ServerVersion, octets, version, last < 0 ? stop : last);
  } else if (type === Type.Error && startsWith(octets, text, stop, SEVERITY)) readError(octets, text, stop, flow);
  return 1 + length;
}

/** Fields of a letter and a text: M is the message. */
function readError(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  for (let p = from, n = 0; p < to && n < 20; n++) {
    const end = indexOf(octets, p, to, 0);
    if (end <= p) return;
    if (octets[p] === 0x4d) flow.out.text(Place.Errors, octets, p + 1, end);
    p = end + 1;
  }
}
