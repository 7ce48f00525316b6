import { octetsThat, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** RFC 8926 §3.4: version and words of options, flags, protocol, network, eight bits of zero. */
const enum Header {
  Octets = 8,
  Type = 2,
  Reserved = 7,
  Ethernet = 0x6558,
  Ipv4 = 0x0800,
  Ipv6 = 0x86dd,
}

export const geneve: Protocol = {
  name: 'geneve',
  title: 'Geneve',
  evidence: 'the header of RFC 8926 §3.4 with its zeros, and a frame or packet that fits its protocol',
  transports: Transport.Udp,
  ports: [6081],
  first: octetsThat((octet) => octet < 0x40),
  least: Header.Octets + 20,

  recognise(octets, from, to) {
    if (octets[from] & 0xc0 || octets[from + 1] & 0x3f || octets[from + Header.Reserved] !== 0) return Verdict.NoMatch;
    const p = from + Header.Octets + 4 * (octets[from] & 0x3f);
    if (p + 20 > to) return Verdict.NoMatch;
    let isGood = false;
    switch (u16(octets, from + Header.Type) as Header) {
      case Header.Ethernet: {
        const type = u16(octets, p + 12);
        isGood = type === 0x0800 || type === 0x0806 || type === 0x86dd || type === 0x8100;
        break;
      }
      case Header.Ipv4:
        isGood = octets[p] >>> 4 === 4;
        break;
      case Header.Ipv6:
        isGood = octets[p] >>> 4 === 6;
        break;
    }
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },
};
