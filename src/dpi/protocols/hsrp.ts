import { isText, u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  State = 1,
  Priority = 2,
  Group = 3,
  VirtualAddress = 4,
  VirtualAddress6 = 5,
  Authentication = 6,
}

/** Version 1: RFC 2281 §5.1. Version 2: elements of type, length and value; the first is the group's state. */
const enum Packet {
  Octets = 20,
  LastOpcode = 3,
  LastState = 16,
  AuthenticationAt = 8,
  AddressAt = 16,
  GroupStateOctets = 42,
  GroupState = 1,
  GroupStateLength = 40,
  /** Within the element of the group's state. */
  Group2 = 6,
  IpVersion2 = 5,
  Priority2 = 14,
  Address2 = 26,
}

export const hsrp: Protocol = {
  name: 'hsrp',
  title: 'Hot Standby Router Protocol, versions 1 and 2',
  evidence: 'a message of RFC 2281 with its operation, state, times and length, or the group state of version 2',
  transports: Transport.Udp,
  ports: [1985, 2029],
  first: [0, 1],
  least: 16,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'state', type: ElementType.Unsigned },
    { name: 'priority', type: ElementType.Unsigned },
    { name: 'group', type: ElementType.Unsigned },
    { name: 'virtualAddress', type: ElementType.Ipv4 },
    { name: 'virtualAddress6', type: ElementType.Ipv6 },
    { name: 'authentication', type: ElementType.Text, secret: true },
  ],

  recognise(octets, from, to, flow) {
    if (octets[from] === Packet.GroupState) return isVersion2(octets, from, to) ? Verdict.Match : Verdict.NoMatch;
    const opcode = octets[from + 1];
    if (opcode > Packet.LastOpcode) return Verdict.NoMatch;
    // An advertisement: type 1, a length, state, reserved, counts.
    if (opcode === Packet.LastOpcode)
      return flow.wireOctets === 16 && u16(octets, from + 2) === 1 && u16(octets, from + 4) === 10
        ? Verdict.Match
        : Verdict.NoMatch;
    const isSized = to - from >= Packet.Octets && (flow.wireOctets === Packet.Octets || flow.wireOctets === 50);
    const state = octets[from + 2];
    const isState = state <= Packet.LastState && (state & (state - 1)) === 0;
    const isTimed = octets[from + 3] > 0 && octets[from + 4] > octets[from + 3];
    if (!isSized || !isState || !isTimed || octets[from + 7] !== 0) return Verdict.NoMatch;
    return octets[from + Packet.AddressAt] < 224 && isAuthentication(octets, from + Packet.AuthenticationAt)
      ? Verdict.Match
      : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      if (octets[from] === Packet.GroupState) {
        if (to - from < Packet.GroupStateOctets) return Extract.End;
        const isV6 = octets[from + Packet.IpVersion2] === 6;
        out.unsigned(Place.Version, 2);
        out.unsigned(Place.State, octets[from + 4]);
        out.unsigned(Place.Group, u16(octets, from + Packet.Group2));
        out.unsigned(Place.Priority, octets[from + Packet.Priority2 + 3]);
        if (isV6) out.ipv6(Place.VirtualAddress6, octets, from + Packet.Address2);
        else out.ipv4(Place.VirtualAddress, octets, from + Packet.Address2);
      } else if (to - from >= Packet.Octets && octets[from + 1] < Packet.LastOpcode) {
        out.unsigned(Place.Version, 1);
        out.unsigned(Place.State, octets[from + 2]);
        out.unsigned(Place.Priority, octets[from + 5]);
        out.unsigned(Place.Group, octets[from + 6]);
        out.text(Place.Authentication, octets, from + Packet.AuthenticationAt, from + Packet.AddressAt);
        out.ipv4(Place.VirtualAddress, octets, from + Packet.AddressAt);
      }
      return Extract.End;
    },
  },
};

/** Eight octets: text with zeros behind it. */
function isAuthentication(octets: Uint8Array, at: number): boolean {
  let end = at;
  while (end < at + 8 && octets[end] !== 0) end++;
  if (!isText(octets, at, end)) return false;
  for (let p = end; p < at + 8; p++) if (octets[p] !== 0) return false;
  return true;
}

/** Type 1, length 40, version 2, operation, state, version of IP. */
function isVersion2(octets: Uint8Array, at: number, to: number): boolean {
  return (
    to - at >= Packet.GroupStateOctets &&
    octets[at + 1] === Packet.GroupStateLength &&
    octets[at + 2] === 2 &&
    octets[at + 3] <= Packet.LastOpcode &&
    octets[at + 4] <= 6 &&
    (octets[at + Packet.IpVersion2] === 4 || octets[at + Packet.IpVersion2] === 6)
  );
}
