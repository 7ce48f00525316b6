import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A message: magic, version, length of what lies between header and check sum. */
const enum Header {
  Magic = 0xc2fe,
  Version = 5,
  Length = 4,
  Octets = 8,
  Longest = 0x0001_0000,
}

export const xiaomi: Protocol = {
  name: 'xiaomi',
  title: 'Xiaomi push messages',
  evidence: 'the magic number, version 5 and a length',
  transports: Transport.Tcp,
  ports: [5222],
  first: [Header.Magic >>> 8],
  least: Header.Octets,

  recognise(octets, from) {
    const isHeader = u16(octets, from) === Header.Magic && u16(octets, from + 2) === Header.Version;
    return isHeader && u32(octets, from + Header.Length) < Header.Longest ? Verdict.Match : Verdict.NoMatch;
  },
};
