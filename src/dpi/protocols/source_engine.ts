import { ascii, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const QUERY = ascii('TSource Engine Query\0');

/** Server queries of Valve's engines: FF FF FF FF and a letter. */
export const sourceEngine: Protocol = {
  name: 'source_engine',
  title: 'Source engine server queries (A2S)',
  evidence: 'a query or an answer behind four octets FF, with the octets that its letter asks for',
  transports: Transport.Udp,
  ports: [27015, 27016],
  first: [0xff],
  least: 5,
  recognise(octets, from, to, flow) {
    if (u32(octets, from) !== 0xffff_ffff) return Verdict.NoMatch;
    const length = flow.wireOctets;
    switch (octets[from + 4]) {
      case 0x54:
        return startsWith(octets, from + 4, to, QUERY) ? Verdict.Match : Verdict.NoMatch;
      case 0x55:
      case 0x56:
      case 0x41:
        // Players, rules, and the challenge: four octets.
        return length === 9 ? Verdict.Match : Verdict.NoMatch;
      case 0x49:
        // Information: version of the protocol, name of the server.
        return length > 24 && octets[from + 5] >= 7 && octets[from + 5] <= 60 && octets[from + 6] >= 0x20
          ? Verdict.Match
          : Verdict.NoMatch;
      default:
        return Verdict.NoMatch;
    }
  },
};
