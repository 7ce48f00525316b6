import { u16le, u32le } from '../little-endian.js';
import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Host = 0,
  User = 1,
  Application = 2,
  Server = 3,
  Library = 4,
  Database = 5,
  Queries = 6,
}

/** Packet header (MS-TDS §2.2.3.1): type, status, length, process, number, window. */
const enum Packet {
  Batch = 0x01,
  OldLogin = 0x02,
  Call = 0x03,
  Answer = 0x04,
  Login = 0x10,
  Sspi = 0x11,
  PreLogin = 0x12,
  HeaderOctets = 8,
  Most = 32_767,
}

/** LOGIN7 (§2.2.6.4): pairs of offset and length in UTF-16. */
const enum Login {
  Version = 4,
  Host = 36,
  User = 40,
  Application = 48,
  Server = 52,
  Library = 60,
  Database = 68,
  Octets = 94,
}

const enum Bound {
  Queries = 32,
  Window = 4_096,
}

const text = new Uint8Array(1_024);

export const tds: Protocol = {
  name: 'tds',
  title: 'Tabular Data Stream: Microsoft SQL Server, Sybase',
  evidence: 'a packet header with window 0 and what its type says: options of a pre-login, a version of a login',
  transports: Transport.Tcp,
  ports: [1433, 1434],
  first: [Packet.Batch, Packet.OldLogin, Packet.Call, Packet.Answer, Packet.Login, Packet.Sspi, Packet.PreLogin],
  least: 16,
  elements: [
    { name: 'host', type: ElementType.Text },
    { name: 'user', type: ElementType.Text },
    { name: 'application', type: ElementType.Text },
    { name: 'server', type: ElementType.Text },
    { name: 'library', type: ElementType.Text },
    { name: 'database', type: ElementType.Text },
    { name: 'queries', type: ElementType.Text, max: 512, many: true },
  ],

  recognise(octets, from, to) {
    const length = u16(octets, from + 2);
    if (length < Packet.HeaderOctets + 1 || length > Packet.Most) return Verdict.NoMatch;
    if (octets[from + 7] !== 0 || octets[from + 1] > 0x1f) return Verdict.NoMatch;
    const data = from + Packet.HeaderOctets;
    switch (octets[from]) {
      case Packet.PreLogin:
        return isOptions(octets, from, length) ? Verdict.Match : Verdict.NoMatch;
      case Packet.Login:
        return u32le(octets, data) === length - Packet.HeaderOctets && u32le(octets, data + Login.Version) >>> 28 === 7
          ? Verdict.Match
          : Verdict.NoMatch;
      case Packet.Answer:
        if (octets[from + 1] === 1 && isOptions(octets, from, length)) return Verdict.Match;
        return answer(octets, data, to, length);
      case Packet.Batch:
      case Packet.Call:
        return batch(octets, data, from + length, to);
      case Packet.OldLogin:
        // Sybase: a login of 512 octets or more, the host's name within 30.
        return length === 512 && octets[data] > 0x20 && octets[data] < 0x7f ? Verdict.Likely : Verdict.NoMatch;
      default:
        return Verdict.NoMatch;
    }
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (to - from < Packet.HeaderOctets) return Extract.More;
      const length = u16(octets, from + 2);
      const type = octets[from];
      if (length < Packet.HeaderOctets || type < 1 || type > Packet.PreLogin) return Extract.EndDirection;
      if (type !== Packet.Login && type !== Packet.Batch) return length;
      const end = from + Math.min(length, Bound.Window - 1);
      if (to < end && !flow.isLast) return Extract.More;
      if (++flow.words[flow.memory] > Bound.Queries) return Extract.End;
      if (type === Packet.Login) readLogin(octets, from + Packet.HeaderOctets, Math.min(to, end), flow);
      else readBatch(octets, from + Packet.HeaderOctets, Math.min(to, end), flow);
      return length;
    },
  },
};

/** Options of a pre-login: VERSION first, six octets long, behind a list of whole entries and its end. */
function isOptions(octets: Uint8Array, from: number, length: number): boolean {
  const data = from + Packet.HeaderOctets;
  const offset = u16(octets, data + 1);
  return octets[data] === 0 && u16(octets, data + 3) === 6 && offset % 5 === 1 && offset >= 6 && offset + 6 < length;
}

/** Tokens of an answer: ENVCHANGE, INFO, ERROR, LOGINACK, DONE and the like with lengths that fit. */
function answer(octets: Uint8Array, from: number, to: number, length: number): Verdict {
  const token = octets[from];
  const size = u16le(octets, from + 1);
  if (token === 0xe3 || token === 0xaa || token === 0xab || token === 0xad || token === 0xed) {
    return size > 2 && size + 3 <= length - Packet.HeaderOctets ? Verdict.Match : Verdict.NoMatch;
  }
  // COLMETADATA with a number of columns; DONE alone.
  if (token === 0x81 && size > 0 && size < 1_024) return Verdict.Likely;
  return token === 0xfd && length === 21 && to - from >= 8 ? Verdict.Match : Verdict.NoMatch;
}

/** All headers (22 octets: transaction descriptor), or text in UTF-16. */
function batch(octets: Uint8Array, from: number, end: number, to: number): Verdict {
  if (u32le(octets, from) === 22 && u32le(octets, from + 4) === 18) {
    return to - from < 10 || u16le(octets, from + 8) === 2 ? Verdict.Match : Verdict.NoMatch;
  }
  for (let p = from; p < from + 8; p += 2) {
    if (octets[p + 1] !== 0 || octets[p] < 0x20 || octets[p] > 0x7e) return Verdict.NoMatch;
  }
  return end === to ? Verdict.Match : Verdict.Likely;
}

function readLogin(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  if (to - from < Login.Octets) return;
  writeName(Place.Host, octets, from, Login.Host, to, flow);
  writeName(Place.User, octets, from, Login.User, to, flow);
  writeName(Place.Application, octets, from, Login.Application, to, flow);
  writeName(Place.Server, octets, from, Login.Server, to, flow);
  writeName(Place.Library, octets, from, Login.Library, to, flow);
  writeName(Place.Database, octets, from, Login.Database, to, flow);
}

function writeName(place: Place, octets: Uint8Array, from: number, pair: number, to: number, flow: FlowView): void {
  const start = from + u16le(octets, from + pair);
  const end = start + 2 * u16le(octets, from + pair + 2);
  if (end > start && end <= to) writeWide(place, octets, start, end, flow);
}

function readBatch(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const start = to - from > 22 && u32le(octets, from) === 22 ? from + 22 : from;
  writeWide(Place.Queries, octets, start, to, flow);
}

/** UTF-16 without what is not ASCII, which becomes a question mark. */
function writeWide(place: Place, octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  let length = 0;
  for (let p = from; p + 1 < to && length < text.length; p += 2) {
    text[length++] = octets[p + 1] === 0 && octets[p] < 0x80 ? octets[p] : 0x3f;
  }
  flow.out.text(place, text, 0, length);
}
