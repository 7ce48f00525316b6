import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A datagram: kind, name, version, number, length. */
const enum Header {
  Name0 = 0x7a,
  Name1 = 0x55,
  Name2 = 0x47,
  Version = 0x10,
  Length = 9,
  Octets = 11,
  LastKind = 7,
}

export const zug: Protocol = {
  name: 'zug',
  title: 'Zug, the consensus of Casper nodes',
  evidence: 'a kind, the name zUG, version 16 and a length that the datagram has room for',
  transports: Transport.Udp,
  ports: [],
  first: [0, 1, 2, 3, 4, 5, 6, Header.LastKind],
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    const isHeader =
      octets[from + 1] === Header.Name0 &&
      octets[from + 2] === Header.Name1 &&
      octets[from + 3] === Header.Name2 &&
      octets[from + 4] === Header.Version &&
      u16(octets, from + Header.Length) <= flow.wireOctets;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
