import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Version, operation, length of what follows. */
const enum Header {
  Operation = 2,
  Length = 4,
  Octets = 6,
  LastOperation = 13,
}

export const xdmcp: Protocol = {
  name: 'xdmcp',
  title: 'X Display Manager Control Protocol',
  evidence: 'version 1, an operation, and the length of the datagram',
  transports: Transport.Udp,
  ports: [177],
  first: [0],
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    const operation = u16(octets, from + Header.Operation);
    const isHeader =
      octets[from + 1] === 1 &&
      operation >= 1 &&
      operation <= Header.LastOperation &&
      u16(octets, from + Header.Length) + Header.Octets === flow.wireOctets &&
      flow.wireOctets > Header.Octets;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
