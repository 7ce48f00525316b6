import { Fact } from '../decoded-batch.js';
import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

/** IPv4 header (RFC 791 §3.1): octet offsets. */
export const enum Ipv4 {
  Tos = 1,
  TotalLength = 2,
  Identification = 4,
  FlagsFragmentOffset = 6,
  Ttl = 8,
  Protocol = 9,
  Source = 12,
  Destination = 16,
  MinHeaderOctets = 20,
  MoreFragments = 0x2000,
  FragmentOffsetMask = 0x1fff,
}

/** IPv4 with options. Total length 0 means that the sender left the length to segmentation offload: the frame tells it. */
export function ipv4(w: WalkState): number {
  const p = w.position;
  if (w.room() < 1) return -Ignored.TruncatedIpHeader;
  const headerOctets = (w.octets[p] & 15) << 2;
  if (w.octets[p] >>> 4 !== 4 || headerOctets < Ipv4.MinHeaderOctets) return -Ignored.BadIpHeader;
  if (w.room() < headerOctets) return -Ignored.TruncatedIpHeader;
  let length = w.u16(p + Ipv4.TotalLength);
  if (length === 0) length = w.wireEnd - p;
  if (length < headerOctets) return -Ignored.BadIpHeader;

  w.version = 4;
  w.ipLength = length;
  w.ipEnd = p + length;
  w.sourceOffset = p + Ipv4.Source;
  w.destinationOffset = p + Ipv4.Destination;
  w.serviceClass = w.octets[p + Ipv4.Tos];
  w.hopLimit = w.octets[p + Ipv4.Ttl];
  w.protocol = w.octets[p + Ipv4.Protocol];
  fragment(w, w.u16(p + Ipv4.FlagsFragmentOffset), w.u16(p + Ipv4.Identification));
  w.position = p + headerOctets;
  return Layer.Transport;
}

/** Notes a fragment's place by flags and offset in IPv4's form. Offset 0 without "more fragments" is no fragment. */
export function fragment(w: WalkState, flagsAndOffset: number, identification: number): void {
  w.facts &= ~(Fact.FragmentFirst | Fact.FragmentLater);
  w.laterFragment = (flagsAndOffset & Ipv4.FragmentOffsetMask) !== 0;
  if (w.laterFragment) w.facts |= Fact.FragmentLater;
  else if (flagsAndOffset & Ipv4.MoreFragments) w.facts |= Fact.FragmentFirst;
  w.identification = identification;
}
