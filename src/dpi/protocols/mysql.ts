import { isZero, u16le, u32le } from '../little-endian.js';
import { indexOf, isDigit, isText } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  ServerVersion = 0,
  Username = 1,
  Database = 2,
  Commands = 3,
  Code = 4,
  Text = 5,
}

/** Packet: length (3), sequence, then a payload (MySQL client/server protocol). */
const enum Packet {
  HeaderOctets = 4,
  Greeting = 10,
  Error = 0xff,
}

const enum Capability {
  WithDatabase = 0x08,
  Protocol41 = 0x0200,
  Ssl = 0x0800,
  SecureConnection = 0x8000,
  LengthEncoded = 0x20_0000,
}

const enum Command {
  InitDatabase = 2,
  Query = 3,
  Prepare = 22,
  Last = 32,
}

const enum Bound {
  Commands = 64,
  Window = 2_048,
}

const enum Refined {
  Tls = 0,
}

export const mysql: Protocol = {
  name: 'mysql',
  title: 'MySQL and MariaDB, and TLS within',
  evidence: 'the greeting of the server, or the login of the client',
  transports: Transport.Tcp,
  ports: [3306],
  least: 5,
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'serverVersion', type: ElementType.Text },
    { name: 'username', type: ElementType.Text, ie: 'mysqlUsername' },
    { name: 'database', type: ElementType.Text },
    { name: 'commands', type: ElementType.Group, many: true },
    { name: 'code', type: ElementType.Unsigned, within: 'commands', ie: 'mysqlCommandCode' },
    { name: 'text', type: ElementType.Text, max: 1_024, within: 'commands', ie: 'mysqlCommandText' },
  ],

  recognise(octets, from, to, flow) {
    const length = lengthOf(octets, from);
    const sequence = octets[from + 3];
    if (sequence === 1) return login(octets, from, to, length, flow.isLast);
    if (sequence !== 0 || length < 12 || length > 1_024) return Verdict.NoMatch;
    if (octets[from + 4] === Packet.Greeting) return greeting(octets, from, to, length, flow.isLast);
    if (octets[from + 4] !== Packet.Error) return Verdict.NoMatch;
    // A refusal: a number from 1,000 on and a text.
    if (to - from < 4 + length) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const code = u16le(octets, from + 5);
    const isRefusal = code >= 1_000 && code < 5_000 && isText(octets, from + 7, from + 4 + length);
    return isRefusal ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 3,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (to - from < Packet.HeaderOctets + 1) return Extract.More;
      const length = lengthOf(octets, from);
      const end = from + Packet.HeaderOctets + length;
      const wanted = Math.min(end, from + Bound.Window - 1);
      if (to < wanted && !flow.isLast) return Extract.More;
      const stop = Math.min(to, end);
      if (octets[from + 3] === 0 && octets[from + 4] === Packet.Greeting && flow.words[flow.memory + 1] === 0) {
        const version = indexOf(octets, from + 5, stop, 0);
        if (version > 0 && isDigit(octets[from + 5])) {
          flow.out.text(Place.ServerVersion, octets, from + 5, version);
          flow.words[flow.memory + 1] = flow.direction + 1;
          return end - from;
        }
      }
      if (flow.words[flow.memory + 1] === flow.direction + 1) return Extract.EndDirection;
      return readClient(octets, from, stop, flow, length);
    },
  },
};

function lengthOf(octets: Uint8Array, from: number): number {
  return u16le(octets, from) | (octets[from + 2] << 16);
}

function greeting(octets: Uint8Array, from: number, to: number, length: number, isLast: boolean): Verdict {
  const end = indexOf(octets, from + 5, Math.min(to, from + 69), 0);
  if (end < 0) {
    if (!isText(octets, from + 5, Math.min(to, from + 69))) return Verdict.NoMatch;
    return to - from > 69 || isLast ? Verdict.NoMatch : Verdict.NeedMore;
  }
  if (end === from + 5 || !isDigit(octets[from + 5]) || !isText(octets, from + 5, end)) return Verdict.NoMatch;
  // Thread, eight octets of salt, a zero.
  if (end + 14 > to) return isLast ? Verdict.NoMatch : Verdict.NeedMore;
  return octets[end + 13] === 0 && end - from + 10 < length ? Verdict.Match : Verdict.NoMatch;
}

function login(octets: Uint8Array, from: number, to: number, length: number, isLast: boolean): Verdict {
  if (length < 32 || length > 4_096) return Verdict.NoMatch;
  if (to - from < 36) return isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const isNew = (u16le(octets, from + 4) & Capability.Protocol41) !== 0;
  return isNew && isZero(octets, from + 13, from + 32) ? Verdict.Match : Verdict.NoMatch;
}

function readClient(octets: Uint8Array, from: number, to: number, flow: FlowView, length: number): number {
  const { out, words, memory } = flow;
  const next = Packet.HeaderOctets + length;
  if (octets[from + 3] === 1 && words[memory] === 0) {
    words[memory] = 1;
    if (to - from < 36) return next;
    if (length === 32 && (u16le(octets, from + 4) & Capability.Ssl) !== 0) {
      flow.handOver(Refined.Tls);
      return next;
    }
    readLogin(octets, from, to, flow);
    return flow.wantsMetadata ? next : Extract.End;
  }
  // Commands begin with sequence 0; what else the client sends are answers to an authentication.
  const code = octets[from + 4];
  if (octets[from + 3] !== 0 || code > Command.Last || length === 0)
    return words[memory] === 0 ? Extract.EndDirection : next;
  if (++words[memory + 2] > Bound.Commands) return Extract.End;
  out.begin(Place.Commands);
  out.unsigned(Place.Code, code);
  if (code === Command.Query || code === Command.InitDatabase || code === Command.Prepare) {
    out.text(Place.Text, octets, from + 5, to);
  }
  out.end();
  return next;
}

function readLogin(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const capabilities = u32le(octets, from + 4);
  const end = indexOf(octets, from + 36, to, 0);
  flow.out.text(Place.Username, octets, from + 36, end < 0 ? to : end);
  if (end < 0 || (capabilities & Capability.WithDatabase) === 0) return;
  let p = end + 1;
  if ((capabilities & (Capability.LengthEncoded | Capability.SecureConnection)) !== 0) p += 1 + octets[p];
  else p = indexOf(octets, p, to, 0) + 1;
  if (p === 0 || p >= to) return;
  const last = indexOf(octets, p, to, 0);
  if (last > p) flow.out.text(Place.Database, octets, p, last);
}
