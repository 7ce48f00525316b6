import { u32le } from '../little-endian.js';
import { isText, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The first message of a connection, words of 64 bits, least octet first: version, server id, length of the address, address. */
const enum Hello {
  Id = 8,
  Length = 16,
  Address = 24,
  Octets = 32,
  Longest = 128,
}

export const raft: Protocol = {
  name: 'raft',
  title: 'Raft, as dqlite and others of its library speak it',
  evidence: 'the first message: version 1, a server id, and an address with a port in words of eight octets',
  transports: Transport.Tcp,
  ports: [],
  first: [1],
  least: Hello.Octets,

  recognise(octets, from, to) {
    const length = u32le(octets, from + Hello.Length);
    const isHello =
      u32le(octets, from) === 1 &&
      u32(octets, from + 4) === 0 &&
      u32le(octets, from + Hello.Id) !== 0 &&
      u32(octets, from + Hello.Length + 4) === 0 &&
      length >= 8 &&
      length <= Hello.Longest &&
      (length & 7) === 0;
    if (!isHello) return Verdict.NoMatch;
    const address = from + Hello.Address;
    const end = address + length;
    if (end > to) return Verdict.NeedMore;
    let p = address;
    while (p < end && octets[p] !== 0) p++;
    return p > address + 2 && p + 8 > end && isText(octets, address, p) && octets[end - 1] === 0
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};
