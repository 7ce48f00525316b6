import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** RFC 7348 §5: a flag, 24 bits of zero, the network, eight bits of zero; then an Ethernet frame. */
const enum Header {
  Octets = 8,
  Flags = 0x0800_0000,
  Type = Octets + 12,
  /** With the header of the frame. */
  Least = Octets + 14,
}

/** Types that frames have: IPv4, ARP, VLAN tags, IPv6. */
const TYPES = [0x0800, 0x0806, 0x8100, 0x88a8, 0x86dd];

export const vxlan: Protocol = {
  name: 'vxlan',
  title: 'VXLAN',
  evidence: 'the header of RFC 7348 §5 with its zeros, and a frame of IP, ARP or VLAN',
  transports: Transport.Udp,
  ports: [4789],
  first: [8],
  least: Header.Least,

  recognise(octets, from) {
    const isGood =
      u32(octets, from) === Header.Flags && octets[from + 7] === 0 && TYPES.includes(u16(octets, from + Header.Type));
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },
};
