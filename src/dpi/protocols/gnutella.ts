import { u32le } from '../little-endian.js';
import { ascii, indexOf, lineEnd, mayStartWith, startsWith, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  UserAgent = 0,
  ListenAddress = 1,
}

/** Descriptor header of Gnutella 0.4: identifier, type, time to live, hops, length. */
const enum Header {
  Type = 16,
  TimeToLive = 17,
  Hops = 18,
  Length = 19,
  Octets = 23,
}

const enum Descriptor {
  Ping = 0x00,
  Pong = 0x01,
}

const CONNECT = ascii('GNUTELLA');
const GREETING = ascii('GNUTELLA CONNECT/');
const ANSWER = ascii('GNUTELLA/0.');
const GIV = ascii('GIV ');
const RELIABLE = ascii('GND');
const RELIABLE_2 = ascii('GTA');
const USER_AGENT = ascii('USER-AGENT:');
const LISTEN = ascii('LISTEN-IP:');
const NODE = ascii('NODE:');
const UPGRADE = ascii('UPGRADE: TLS');
const LONGEST_LINE = 1_024;
/** First octet of a TLS record with a handshake. */
const TLS_RECORD = 22;

/** Lines of each direction, then bits of the directions that want TLS. */
const enum Memory {
  Lines = 0,
  Upgrade = 2,
  Words = 3,
}
const BOTH = 3;

export const gnutella: Protocol = {
  name: 'gnutella',
  title: 'Gnutella: handshakes, descriptors over UDP, Gnutella2 datagrams',
  evidence:
    'the handshake line, or a descriptor header with a known type whose length is that of the datagram; at other ports in the first datagram only, and not that of a ping',
  transports: Transport.Both,
  ports: [6346, 6347],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'userAgent', type: ElementType.Text, many: true },
    { name: 'listenAddress', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp) return line(octets, from, to);
    if (to - from >= 8 && (startsWith(octets, from, to, RELIABLE) || startsWith(octets, from, to, RELIABLE_2))) {
      // Flags, sequence, part, count of parts; an acknowledgement has none.
      const count = octets[from + 7];
      return octets[from + 6] >= 1 && (count === 0 || octets[from + 6] <= count) ? Verdict.Match : Verdict.NoMatch;
    }
    if (to - from < Header.Octets) return Verdict.NoMatch;
    const isWhole = u32le(octets, from + Header.Length) === flow.wireOctets - Header.Octets;
    const type = octets[from + Header.Type];
    if (!isWhole || !isType(type)) return Verdict.NoMatch;
    // The header of a descriptor is little to find among many datagrams, and that of a ping little to find at all.
    const isFirst = flow.packets + flow.otherPackets === 1;
    const hasOwnPort = isOwnPort(flow.sourcePort) || isOwnPort(flow.destinationPort);
    if (!hasOwnPort && (!isFirst || type <= Descriptor.Pong)) return Verdict.NoMatch;
    return octets[from + Header.TimeToLive] <= 16 && octets[from + Header.Hops] <= 16 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    window: LONGEST_LINE,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Udp) return Extract.End;
      const { words, memory } = flow;
      if (octets[from] === TLS_RECORD && words[memory + Memory.Upgrade] === BOTH) {
        flow.handOver(0);
        return 0;
      }
      const end = indexOf(octets, from, Math.min(to, from + LONGEST_LINE), 0x0a);
      if (end < 0) return to - from >= LONGEST_LINE || flow.isLast ? Extract.EndDirection : Extract.More;
      const last = lineEnd(octets, from, end);
      const count = ++words[memory + Memory.Lines + flow.direction];
      const mayUpgrade = (words[memory + Memory.Upgrade] & (1 << flow.direction)) !== 0;
      // The header ends in an empty line; a second one may follow, and TLS.
      if ((last === from && !mayUpgrade) || count > 120) return Extract.EndDirection;
      if (startsWithAnyCase(octets, from, last, UPGRADE)) words[memory + Memory.Upgrade] |= 1 << flow.direction;
      readField(octets, from, last, flow);
      return end + 1 - from;
    },
  },
};

function line(octets: Uint8Array, from: number, to: number): Verdict {
  if (startsWith(octets, from, to, GREETING) || startsWith(octets, from, to, ANSWER)) return Verdict.Match;
  if (mayStartWith(octets, from, to, GREETING) || mayStartWith(octets, from, to, ANSWER)) return Verdict.NeedMore;
  if (startsWith(octets, from, to, CONNECT)) return Verdict.NoMatch;
  if (!mayStartWith(octets, from, to, GIV)) return Verdict.NoMatch;
  // GIV index:identifier in hexadecimal/name
  let p = from + GIV.length;
  while (p < to && p < from + 15 && octets[p] >= 0x30 && octets[p] <= 0x39) p++;
  if (p + 33 >= to) return to - from < 64 ? Verdict.NeedMore : Verdict.NoMatch;
  return octets[p] === 0x3a && octets[p + 33] === 0x2f ? Verdict.Match : Verdict.NoMatch;
}

function isOwnPort(port: number): boolean {
  return port === 6_346 || port === 6_347;
}

/** Ping, pong, bye, route table, vendor messages, push, those of the distributed hash table, query, hit. */
function isType(type: number): boolean {
  return (
    type <= 0x02 ||
    type === 0x30 ||
    type === 0x31 ||
    type === 0x32 ||
    type === 0x40 ||
    type === 0x44 ||
    type === 0x80 ||
    type === 0x81
  );
}

function readField(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  let name: Uint8Array = USER_AGENT;
  let place: Place = Place.UserAgent;
  if (!startsWithAnyCase(octets, from, to, name)) {
    name = startsWithAnyCase(octets, from, to, NODE) ? NODE : LISTEN;
    place = Place.ListenAddress;
    if (!startsWithAnyCase(octets, from, to, name)) return;
  }
  let value = from + name.length;
  while (value < to && octets[value] === 0x20) value++;
  flow.out.text(place, octets, value, to);
}
