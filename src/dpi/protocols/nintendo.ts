import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Packets of the library for games between consoles begin with a number, then version and whether they are encrypted. */
const enum Header {
  Magic = 0x32ab_9864,
  Version = 4,
  VersionMask = 0x7f,
  LastVersion = 15,
  Octets = 20,
}

export const nintendo: Protocol = {
  name: 'nintendo',
  title: 'Games between Nintendo consoles (Pia)',
  evidence: 'the magic number of 32 bits and a version',
  transports: Transport.Udp,
  ports: [],
  first: [Header.Magic >>> 24],
  least: Header.Octets,

  recognise(octets, from) {
    const version = octets[from + Header.Version] & Header.VersionMask;
    return u32(octets, from) === (Header.Magic as number) && version > 0 && version <= Header.LastVersion
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};
