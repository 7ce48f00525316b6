import { u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  State = 0,
  Diagnostic = 1,
  Multiplier = 2,
}

/** RFC 5880 §4.1. */
const enum Packet {
  Octets = 24,
  LastDiagnostic = 9,
  LongestAuthentication = 28,
  Down = 1,
  /** Multipoint, demand, authentication. */
  Multipoint = 1,
  Authentication = 4,
  /** A minute, in µs: longer intervals are not asked for. */
  LongestInterval = 60_000_000,
}

export const bfd: Protocol = {
  name: 'bfd',
  title: 'Bidirectional Forwarding Detection',
  evidence: 'a control packet of version 1: length, state, multiplier, discriminators and intervals that can be',
  transports: Transport.Udp,
  ports: [3784, 4784],
  first: [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29],
  least: Packet.Octets,
  elements: [
    { name: 'state', type: ElementType.Unsigned },
    { name: 'diagnostic', type: ElementType.Unsigned },
    { name: 'multiplier', type: ElementType.Unsigned },
  ],

  recognise(octets, from, _to, flow) {
    const flags = octets[from + 1];
    const length = octets[from + 3];
    const hasAuthentication = (flags & Packet.Authentication) !== 0;
    const isSized = hasAuthentication
      ? length > Packet.Octets && length <= Packet.Octets + Packet.LongestAuthentication
      : length === Packet.Octets;
    const state = flags >>> 6;
    const isGood =
      isSized &&
      length === flow.wireOctets &&
      (flags & Packet.Multipoint) === 0 &&
      octets[from + 2] > 0 &&
      u32(octets, from + 4) !== 0 &&
      (state <= Packet.Down || u32(octets, from + 8) !== 0) &&
      u32(octets, from + 12) <= Packet.LongestInterval &&
      u32(octets, from + 16) <= Packet.LongestInterval &&
      u32(octets, from + 20) <= Packet.LongestInterval;
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from >= Packet.Octets) {
        flow.out.unsigned(Place.State, octets[from + 1] >>> 6);
        flow.out.unsigned(Place.Diagnostic, octets[from] & 0x1f);
        flow.out.unsigned(Place.Multiplier, octets[from + 2]);
      }
      return Extract.End;
    },
  },
};
