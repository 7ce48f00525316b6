/** What may come next in a packet: the states of the walk. Negative values are minus an `Ignored` reason: the walk ends there. */
export const enum Layer {
  Done = 0,
  Ethernet = 1,
  /** `etherType` says what stands at `position`. */
  Ethertype = 2,
  Ipv4 = 3,
  Ipv6 = 4,
  /** IPv4 or IPv6 by the version nibble. */
  Ip = 5,
  Mpls = 6,
  Ppp = 7,
  PppoeSession = 8,
  Llc = 9,
  Vlan = 10,
  Null = 11,
  CHdlc = 12,
  /** PPP or Cisco HDLC by the first octet. */
  PppOrCHdlc = 13,
  Ieee80211 = 14,
  Radiotap = 15,
  /** Network service header. */
  ServiceHeader = 16,
  /** The IP header is read; what follows is transport or a tunnel. */
  Transport = 17,
}
