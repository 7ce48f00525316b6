/** Transport protocols by IANA protocol number. */
export const enum Protocol {
  Icmp = 1,
  Tcp = 6,
  Udp = 17,
  Dccp = 33,
  Icmpv6 = 58,
  Sctp = 132,
  UdpLite = 136,
}

/** TCP header (RFC 9293 §3.1): octet offsets, then control bits. */
export const enum Tcp {
  Sequence = 4,
  OffsetFlags = 12,
  MinHeaderOctets = 20,
  Fin = 0x01,
  Syn = 0x02,
  Rst = 0x04,
  Psh = 0x08,
  Ack = 0x10,
}

export const enum Udp {
  HeaderOctets = 8,
}

/** Whether the transport header begins with source and destination port. */
export function hasPorts(protocol: number): boolean {
  switch (protocol) {
    case Protocol.Tcp:
    case Protocol.Udp:
    case Protocol.Dccp:
    case Protocol.Sctp:
    case Protocol.UdpLite:
      return true;
    default:
      return false;
  }
}

/** The least octets from the transport header's start to its payload. */
export function leastHeaderOctets(protocol: number): number {
  switch (protocol) {
    case Protocol.Tcp:
      return Tcp.MinHeaderOctets;
    case Protocol.Udp:
    case Protocol.UdpLite:
    case Protocol.Icmp:
    case Protocol.Icmpv6:
      return Udp.HeaderOctets;
    case Protocol.Sctp:
    case Protocol.Dccp:
      return 12;
    default:
      return 0;
  }
}

/** Whether type and code stand where others have ports. */
export function isIcmp(protocol: number): boolean {
  return protocol === Protocol.Icmp || protocol === Protocol.Icmpv6;
}
