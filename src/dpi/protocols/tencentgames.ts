import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of a packet: magic, version twice, command, flags, sequence, lengths of the header's rest and of the body. */
const enum Header {
  Magic = 0x3366,
  Version = 2,
  Command = 6,
  FirstCommand = 0x1000,
  LastCommand = 0x9fff,
  BodyLength = 17,
  Octets = 21,
  LastVersion = 0x20,
  Longest = 0x0010_0000,
}

export const tencentGames: Protocol = {
  name: 'tencentgames',
  title: 'Games of Tencent, their connections',
  evidence: 'the magic number, two equal versions and a command of four hexadecimal digits',
  transports: Transport.Tcp,
  ports: [],
  first: [Header.Magic >>> 8],
  least: Header.Octets,

  recognise(octets, from) {
    const version = u16(octets, from + Header.Version);
    const command = u16(octets, from + Header.Command);
    const isHeader =
      u16(octets, from) === Header.Magic &&
      version > 0 &&
      version <= Header.LastVersion &&
      u16(octets, from + Header.Version + 2) <= Header.LastVersion &&
      command >= Header.FirstCommand &&
      command <= Header.LastCommand &&
      u32(octets, from + Header.BodyLength) < Header.Longest;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
