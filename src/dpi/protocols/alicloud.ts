import { u32le } from '../little-endian.js';
import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A message: magic, length of what follows. */
const enum Header {
  Magic = 0xcefa_beba,
  Length = 4,
  Octets = 8,
  Longest = 0x0100_0000,
}

export const aliCloud: Protocol = {
  name: 'alicloud',
  title: 'Alibaba Cloud, the agents on its machines',
  evidence: 'the magic number of 32 bits and a length',
  transports: Transport.Tcp,
  ports: [],
  first: [Header.Magic >>> 24],
  least: Header.Octets,

  recognise(octets, from) {
    const length = u32le(octets, from + Header.Length);
    return u32(octets, from) === (Header.Magic as number) && length > 0 && length < Header.Longest
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};
