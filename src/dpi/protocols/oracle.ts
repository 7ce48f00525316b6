import { ascii, find, indexOf, startsWithAnyCase, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Service = 0,
  Sid = 1,
  Program = 2,
  User = 3,
  Host = 4,
}

/** Packet of Transparent Network Substrate: length, checksum, type, flags, header checksum; then version and the least one. */
const enum Packet {
  HeaderOctets = 8,
  Connect = 1,
  Accept = 2,
  Refuse = 4,
  Redirect = 5,
  Resend = 11,
}

const FIELDS: readonly (readonly [Uint8Array, Place])[] = [
  [ascii('(SERVICE_NAME='), Place.Service],
  [ascii('(SID='), Place.Sid],
  [ascii('(PROGRAM='), Place.Program],
  [ascii('(USER='), Place.User],
  [ascii('(HOST='), Place.Host],
];
const DESCRIPTION = ascii('(DESCRIPTION=');
const ADDRESS = ascii('(ADDRESS=');

const MOST_OCTETS = 2_048;

export const oracle: Protocol = {
  name: 'oracle',
  title: 'Oracle Net (TNS)',
  evidence:
    'a packet header without checksums, of type connect or accept with versions that can be, refuse or redirect',
  transports: Transport.Tcp,
  ports: [1521],
  least: 8,
  elements: [
    { name: 'service', type: ElementType.Text },
    { name: 'sid', type: ElementType.Text },
    { name: 'program', type: ElementType.Text },
    { name: 'user', type: ElementType.Text, many: true },
    { name: 'host', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, flow) {
    const length = u16(octets, from);
    const type = octets[from + 4];
    if (length < 8 || length > 8_192 || u16(octets, from + 2) !== 0 || u16(octets, from + 6) !== 0)
      return Verdict.NoMatch;
    if (type === Packet.Resend) return length === 8 ? Verdict.Likely : Verdict.NoMatch;
    if (type !== Packet.Connect && type !== Packet.Accept && type !== Packet.Refuse && type !== Packet.Redirect)
      return Verdict.NoMatch;
    if (to - from < Math.min(length, 28)) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const version = u16(octets, from + 8);
    if (type === Packet.Connect) {
      const least = u16(octets, from + 10);
      return isVersion(version) && isVersion(least) && least <= version && length >= 34
        ? Verdict.Match
        : Verdict.NoMatch;
    }
    if (type === Packet.Accept) return isVersion(version) && length >= 24 ? Verdict.Match : Verdict.NoMatch;
    const text = find(octets, from + 8, Math.min(to, from + 32), type === Packet.Refuse ? DESCRIPTION : ADDRESS);
    return text >= 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < Packet.HeaderOctets) return Extract.More;
      if (octets[from + 4] !== Packet.Connect) return Extract.EndDirection;
      const length = u16(octets, from);
      // Long connect data follows in a packet of its own.
      const end = from + Math.min(MOST_OCTETS, length);
      if (to < end && !flow.isLast) return Extract.More;
      for (const [name, place] of FIELDS) writeField(octets, from, Math.min(to, end), flow, name, place);
      return Extract.EndDirection;
    },
  },
};

function isVersion(version: number): boolean {
  return version >= 300 && version <= 330;
}

function writeField(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  name: Uint8Array,
  place: Place,
): void {
  let found = 0;
  for (let p = from; p + name.length < to && found < 4; p++) {
    if (octets[p] !== 0x28 || !startsWithAnyCase(octets, p, to, name)) continue;
    const end = indexOf(octets, p, to, 0x29);
    if (end > p + name.length) flow.out.text(place, octets, p + name.length, end);
    found++;
  }
}
