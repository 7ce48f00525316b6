import { ascii, find, mayStartWith, startsWith, u16, u32 } from '../octets.js';
import { isZero } from '../little-endian.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  InfoHash = 0,
  PeerId = 1,
  Client = 2,
}

/** Handshake (BEP 3): a length, the name, eight reserved octets, info-hash, peer id. */
const enum Handshake {
  InfoHash = 28,
  PeerId = 48,
  Octets = 68,
}

/** uTP (BEP 29). */
const enum Utp {
  Octets = 20,
  Extension = 1,
  Sequence = 16,
  Acknowledged = 18,
  Syn = 4,
  Reset = 3,
  State = 2,
}

const NAME = ascii('\x13BitTorrent protocol');
const QUERY = ascii('d1:ad2:id20:');
const ANSWER = ascii('d1:rd2:id20:');
const ERROR = ascii('d1:eli');
const EXTERNAL = ascii('d2:ip');
const LOCAL = ascii('BT-SEARCH * HTTP/1.1\r\n');
/** Of the handshake, the tables, local discovery, trackers, and uTP: types 0 to 4 with version 1. */
const FIRST = [NAME[0], QUERY[0], LOCAL[0], 0x00, 0x01, 0x11, 0x21, 0x31, 0x41];
const INFO_HASH = ascii('9:info_hash20:');
const INFO_HASH_LINE = ascii('Infohash: ');
const TYPE = ascii('1:y1:');
/** UDP tracker (BEP 15): a connection id for the first request. */
const CONNECTION = Uint8Array.of(0x00, 0x00, 0x04, 0x17, 0x27, 0x10, 0x19, 0x80, 0x00, 0x00, 0x00, 0x00);

const STUN_COOKIE = 0x2112_a442;

const enum Memory {
  /** The datagram of uTP that was seen last: connection id plus one, direction plus one, sequence. */
  Id = 0,
  Direction = 1,
  Sequence = 2,
}

export const bittorrent: Protocol = {
  name: 'bittorrent',
  title: 'BitTorrent: peers over TCP and uTP, distributed hash table, UDP trackers, local search',
  evidence:
    'the handshake, a message of the hash table, the id of a tracker request, or two datagrams of one uTP connection',
  transports: Transport.Both,
  ports: [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 6771, 51413],
  first: FIRST,
  words: 3,
  elements: [
    { name: 'infoHash', type: ElementType.Octets, max: 20, many: true },
    { name: 'peerId', type: ElementType.Octets, max: 20, many: true },
    { name: 'client', type: ElementType.Text, max: 8, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp || octets[from] === NAME[0]) {
      if (startsWith(octets, from, to, NAME)) return Verdict.Match;
      return flow.transport === Transport.Tcp && mayStartWith(octets, from, to, NAME)
        ? Verdict.NeedMore
        : Verdict.NoMatch;
    }
    if (isHashTable(octets, from, to)) return Verdict.Match;
    if (startsWith(octets, from, to, LOCAL)) return Verdict.Match;
    if (flow.wireOctets >= 16 && startsWith(octets, from, to, CONNECTION)) return Verdict.Match;
    return utp(octets, from, to, flow);
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Udp) return readDatagram(octets, from, to, flow);
      if (!startsWith(octets, from, to, NAME)) return to - from < NAME.length ? Extract.More : Extract.EndDirection;
      if (to - from < Handshake.Octets && !flow.isLast) return Extract.More;
      readHandshake(octets, from, to, flow);
      return Extract.EndDirection;
    },
  },
};

/** A dictionary of BEP 5: a query, an answer, an error, with what says so. */
function isHashTable(octets: Uint8Array, from: number, to: number): boolean {
  if (octets[from] !== 0x64) return false;
  if (startsWith(octets, from, to, QUERY) || startsWith(octets, from, to, ANSWER)) return true;
  if (!startsWith(octets, from, to, ERROR) && !startsWith(octets, from, to, EXTERNAL)) return false;
  return find(octets, from, Math.min(to, from + 600), TYPE) >= 0 || find(octets, from, to, ANSWER) >= 0;
}

function isUtp(octets: Uint8Array, from: number, to: number): boolean {
  const type = octets[from] >>> 4;
  if ((octets[from] & 0x0f) !== 1 || type > Utp.Syn || to - from < Utp.Octets) return false;
  // STUN begins alike.
  if (u32(octets, from + 4) === STUN_COOKIE || u16(octets, from + 2) === 0) return false;
  const extension = octets[from + Utp.Extension];
  if (extension > 4) return false;
  // The chain of extensions: type of the next one, length.
  let p = from + Utp.Octets;
  let next = extension;
  for (let n = 0; n < 4 && next !== 0; n++) {
    if (p + 2 > to || octets[p + 1] === 0) return false;
    next = octets[p];
    p += 2 + octets[p + 1];
  }
  if (p > to || next !== 0) return false;
  if (type === Utp.Syn) return u16(octets, from + Utp.Sequence) === 1 || u16(octets, from + Utp.Acknowledged) === 0;
  if (type === Utp.State || type === Utp.Reset) return p === to;
  return true;
}

/** Two datagrams of one connection: ids that are one and the same or one apart, and numbers that follow each other. */
function utp(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (!isUtp(octets, from, to)) return Verdict.NoMatch;
  const { words, memory } = flow;
  const id = u16(octets, from + 2);
  const sequence = u16(octets, from + Utp.Sequence);
  const isAnswer = words[memory + Memory.Direction] === 2 - flow.direction;
  const before = words[memory + Memory.Id] - 1;
  const last = words[memory + Memory.Sequence];
  words[memory + Memory.Id] = id + 1;
  words[memory + Memory.Sequence] = sequence;
  words[memory + Memory.Direction] = flow.direction + 1;
  // The first packet has not measured a difference of clocks yet.
  const isFirst = octets[from] >>> 4 === Utp.Syn && isZero(octets, from + 8, from + 12);
  if (before < 0) return isFirst ? Verdict.Likely : Verdict.NeedMore;
  const follows = (isAnswer ? u16(octets, from + Utp.Acknowledged) - last + 8 : sequence - last - 1) & 0xffff;
  return Math.abs(before - id) <= 1 && follows < 16 ? Verdict.Match : Verdict.NeedMore;
}

function readHandshake(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const peer = from + Handshake.PeerId;
  if (peer <= to) flow.out.octets(Place.InfoHash, octets, from + Handshake.InfoHash, peer);
  if (from + Handshake.Octets > to) return;
  flow.out.octets(Place.PeerId, octets, peer, peer + 20);
  // Client and version in the customary form -XX1234-.
  if (octets[peer] === 0x2d && octets[peer + 7] === 0x2d) flow.out.text(Place.Client, octets, peer + 1, peer + 7);
}

function readDatagram(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  const at = find(octets, from, Math.min(to, from + 1_024), INFO_HASH);
  const count = ++flow.words[flow.memory];
  if (at >= 0 && at + INFO_HASH.length + 20 <= to) {
    const hash = at + INFO_HASH.length;
    flow.out.octets(Place.InfoHash, octets, hash, hash + 20);
  } else if (startsWith(octets, from, to, LOCAL)) {
    const line = find(octets, from, Math.min(to, from + 512), INFO_HASH_LINE);
    if (line >= 0) flow.out.octets(Place.InfoHash, octets, line + 10, Math.min(to, line + 50));
  }
  return count > 16 ? Extract.End : 1;
}
