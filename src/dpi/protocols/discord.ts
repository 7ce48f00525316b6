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

export const discord: Protocol = {
  name: 'discord',
  title: 'Discord voice',
  evidence: 'the request of 74 octets in which a client asks for its address, or the answer',
  transports: Transport.Udp,
  ports: [],
  first: [0],
  least: Discovery.Octets,

  recognise(octets, from, _to, flow) {
    const type = u16(octets, from);
    if (u16(octets, from + 2) !== Discovery.Length || flow.wireOctets !== Discovery.Octets) return Verdict.NoMatch;
    const address = from + Discovery.Address;
    if (type === Discovery.Answer) return isDigit(octets[address]) ? Verdict.Match : Verdict.NoMatch;
    const isRequest =
      type === Discovery.Request && u32(octets, from + Discovery.Source) !== 0 && u32(octets, address) === 0;
    return isRequest ? Verdict.Match : Verdict.NoMatch;
  },
};
