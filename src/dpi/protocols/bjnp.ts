import { ascii, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const NAMES = ['BJNP', 'MFNP', 'BNJB', 'BJNB'].map(ascii);

/** Header: name, device, command, zero, sequence, session, length of what follows. */
const enum Header {
  Length = 12,
  Octets = 16,
}

export const bjnp: Protocol = {
  name: 'bjnp',
  title: 'BJNP, printers and scanners of Canon',
  evidence: 'a name of four letters and the length of what follows',
  transports: Transport.Both,
  ports: [8611, 8612, 8613],
  first: [0x42, 0x4d],
  least: Header.Octets,

  recognise(octets, from, to, flow) {
    for (const name of NAMES) {
      if (!startsWith(octets, from, to, name)) continue;
      const end = u32(octets, from + Header.Length) + Header.Octets;
      const isLength = flow.transport === Transport.Udp ? end === flow.wireOctets : end < 0x0100_0000;
      return isLength ? Verdict.Match : Verdict.NoMatch;
    }
    return Verdict.NoMatch;
  },
};
