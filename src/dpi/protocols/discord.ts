import { isDigit, u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** IP discovery of a voice connection: type, length of what follows, source, 64 octets of address, port. */
const enum Discovery {
  Request = 1,
  Answer = 2,
  Length = 70,
  Octets = 74,
  Source = 4,
  Address = 8,
}

/** Measures the way to the server; a counter follows. */
const PING = 0x1337_cafe;

export const discord: Protocol = {
  name: 'discord',
  title: 'Discord voice',
  evidence: 'the request of 74 octets in which a client asks for its address, or the answer; a ping of eight octets',
  transports: Transport.Udp,
  ports: [],
  first: [0, PING >>> 24],
  least: 8,

  recognise(octets, from, to, flow) {
    if (u32(octets, from) === PING) return flow.wireOctets === 8 ? Verdict.Match : Verdict.NoMatch;
    if (to - from < Discovery.Octets) return Verdict.NoMatch;
    const type = u16(octets, from);
    if (u16(octets, from + 2) !== Discovery.Length || flow.wireOctets !== Discovery.Octets) return Verdict.NoMatch;
    const address = from + Discovery.Address;
    if (type === Discovery.Answer) return isDigit(octets[address]) ? Verdict.Match : Verdict.NoMatch;
    const isRequest =
      type === Discovery.Request && u32(octets, from + Discovery.Source) !== 0 && u32(octets, address) === 0;
    return isRequest ? Verdict.Match : Verdict.NoMatch;
  },
};
