import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** RFC 4380 §5.1.1: indicators in front of an IPv6 packet. */
const enum Indicator {
  Authentication = 0x0001,
  Origin = 0x0000,
  OriginOctets = 8,
  /** Lengths of client id and value, nonce, confirmation. */
  AuthenticationOctets = 13,
}

const enum Ipv6 {
  Octets = 40,
  Length = 4,
  Source = 8,
  Destination = 24,
  /** 2001::/32. */
  Teredo = 0x2001_0000,
  LinkLocal = 0xfe80_0000,
}

export const teredo: Protocol = {
  name: 'teredo',
  title: 'Teredo: IPv6 within UDP',
  evidence: 'an IPv6 packet that fills the datagram, with a Teredo address, or link-local behind an indicator',
  transports: Transport.Udp,
  ports: [3544],
  first: [0x00, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
  least: Ipv6.Octets,

  recognise(octets, from, to, flow) {
    let p = from;
    if (u16(octets, p) === Indicator.Authentication) {
      p += Indicator.AuthenticationOctets + octets[p + 2] + octets[p + 3];
    }
    if (p + 2 <= to && octets[p] >>> 4 !== 6 && u16(octets, p) === Indicator.Origin) p += Indicator.OriginOctets;
    if (p + Ipv6.Octets > to || octets[p] >>> 4 !== 6) return Verdict.NoMatch;
    if (u16(octets, p + Ipv6.Length) + Ipv6.Octets !== from + flow.wireOctets - p) return Verdict.NoMatch;
    const source = u32(octets, p + Ipv6.Source);
    const isTeredo = source === Ipv6.Teredo || u32(octets, p + Ipv6.Destination) === Ipv6.Teredo;
    return isTeredo || (p > from && source === Ipv6.LinkLocal) ? Verdict.Match : Verdict.NoMatch;
  },
};
