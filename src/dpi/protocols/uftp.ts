import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of versions 4 and 5: version, function, sequence, source, group, instance, time, size, reserved; then the message. */
const enum Header {
  Function = 1,
  Source = 4,
  Group = 8,
  Reserved = 15,
  Message = 16,
  Words = 17,
  Octets = 20,
  FirstVersion = 0x40,
  LastVersion = 0x51,
  LastFunction = 16,
}

export const uftp: Protocol = {
  name: 'uftp',
  title: 'UFTP, files to many receivers',
  evidence: 'version, function, source and group, and a message of the same function whose header fits',
  transports: Transport.Udp,
  ports: [1044],
  first: [0x40, 0x41, 0x50, 0x51],
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    const kind = octets[from + Header.Function];
    const words = octets[from + Header.Words];
    const isHeader =
      kind >= 1 &&
      kind <= Header.LastFunction &&
      octets[from + Header.Message] === kind &&
      octets[from + Header.Reserved] === 0 &&
      u32(octets, from + Header.Source) !== 0 &&
      words >= 1 &&
      4 * words + Header.Message <= flow.wireOctets;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
