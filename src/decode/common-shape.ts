import { Ipv4 } from './network/ipv4.js';
import { Ipv6 } from './network/ipv6.js';

/** Offsets and values of the common shape of packets: see decode-batch.ts. */
export const enum Shape {
  EthernetType = 12,
  EthernetHeaderOctets = 14,
  VlanTagOctets = 4,
  /** Octets of a TCP header that the common shape needs: through the control bits. */
  TcpNeededOctets = 14,
  /** EtherType, then the first octets of the IP header: IPv4 with five header words, and IPv6. */
  TypeIpv4FiveWords = 0x080045,
  TypeIpv6 = 0x86dd6,
  TypeVlan = 0x8100,
  ShortestIpv4 = Shape.EthernetHeaderOctets + Ipv4.MinHeaderOctets + Shape.TcpNeededOctets,
  /** Shorter packets are not even looked at. */
  Shortest = Shape.ShortestIpv4 + Shape.VlanTagOctets,
  ShortestIpv6 = Shape.EthernetHeaderOctets + Ipv6.HeaderOctets + Shape.TcpNeededOctets,
}
