import { u16le } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Weave over TCP: length, then header: flags with the version, message id, the node ids that the flags say. */
const enum Header {
  Flags = 2,
  Nodes = 8,
  Octets = 24,
  VersionMask = 0xf000,
  Version = 0x1000,
  /** Destination and source node id are there. */
  BothNodes = 0x0300,
  LeastLength = 22,
}

/** Node ids begin with the number of the maker, in the octets that are sent last. */
const MAKER = [0x30, 0xb4, 0x18];

export const nestLogSink: Protocol = {
  name: 'nestlogsink',
  title: 'Nest devices: Weave, and their logs',
  evidence: 'a length, a header of version 1 with both node ids, one of them of the maker',
  transports: Transport.Tcp,
  ports: [11095],
  least: Header.Octets,

  recognise(octets, from) {
    const flags = u16le(octets, from + Header.Flags);
    if ((flags & Header.VersionMask) !== Header.Version || (flags & Header.BothNodes) !== Header.BothNodes)
      return Verdict.NoMatch;
    if (u16le(octets, from) < Header.LeastLength) return Verdict.NoMatch;
    return isOfMaker(octets, from + Header.Nodes) || isOfMaker(octets, from + Header.Nodes + 8)
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};

/** Least octet first: three of the maker at the end, or one in front of the end for nodes of a service. */
function isOfMaker(octets: Uint8Array, at: number): boolean {
  for (let shift = 4; shift <= 5; shift++) {
    let same = 0;
    while (same < 3 && octets[at + shift + same] === MAKER[same]) same++;
    if (same === 3) return true;
  }
  return false;
}
