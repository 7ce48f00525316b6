import { u32le } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The first datagram of a connection: hello, nonce, zero, version of the game, length of the name, name. */
const enum Hello {
  Kind = 8,
  Nonce = 1,
  Zero = 3,
  Version = 4,
  NameLength = 8,
  Octets = 10,
  LongestName = 40,
  /** Versions are 25,000 a year, 1,800 a month and 50 a day. */
  FirstVersion = 50_400_000,
  LastVersion = 51_500_000,
}

export const amongUs: Protocol = {
  name: 'among_us',
  title: 'Among Us',
  evidence: 'a hello with the first nonce, a version that is a date, and a name of its length',
  transports: Transport.Udp,
  ports: [22023],
  first: [Hello.Kind],
  least: Hello.Octets,

  recognise(octets, from, _to, flow) {
    const version = u32le(octets, from + Hello.Version);
    const name = octets[from + Hello.NameLength];
    const isHello =
      octets[from + Hello.Nonce] === 0 &&
      octets[from + Hello.Zero] === 0 &&
      version >= Hello.FirstVersion &&
      version <= Hello.LastVersion &&
      name > 0 &&
      name <= Hello.LongestName &&
      Hello.NameLength + 1 + name <= flow.wireOctets;
    return isHello ? Verdict.Match : Verdict.NoMatch;
  },
};
