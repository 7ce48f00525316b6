import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of the cluster control protocol: magic, version, cluster, operation, interface, random number, both machines. */
const enum Header {
  Magic = 0x1a90,
  Version = 2,
  Operation = 6,
  Octets = 20,
  LastVersion = 0x2fff,
  LastOperation = 0x20,
}

export const cpha: Protocol = {
  name: 'cpha',
  title: 'Check Point high availability',
  evidence: 'the magic number, a version and an operation',
  transports: Transport.Udp,
  ports: [8116],
  first: [Header.Magic >>> 8],
  least: Header.Octets,

  recognise(octets, from) {
    const version = u16(octets, from + Header.Version);
    const operation = u16(octets, from + Header.Operation);
    const isHeader =
      u16(octets, from) === Header.Magic &&
      version > 0 &&
      version <= Header.LastVersion &&
      operation > 0 &&
      operation <= Header.LastOperation;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
