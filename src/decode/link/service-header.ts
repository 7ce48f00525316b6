import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

/** Base and service path header, the least there is. */
const MIN_HEADER_OCTETS = 8;

/** Next protocols that the registry of RFC 8300 §9.1.3 and that of VXLAN-GPE have in common. */
export function nextProtocol(value: number): number {
  switch (value) {
    case 1:
      return Layer.Ipv4;
    case 2:
      return Layer.Ipv6;
    case 3:
      return Layer.Ethernet;
    case 4:
      return Layer.ServiceHeader;
    case 5:
      return Layer.Mpls;
    default:
      return Layer.Done;
  }
}

/** Network service header (RFC 8300 §2.2): version 2 bits, flags, TTL, length in words 6 bits, type of metadata, next protocol. */
export function serviceHeader(w: WalkState): number {
  if (w.room() < MIN_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const base = w.view.getInt32(w.position);
  const length = ((base >>> 16) & 63) << 2;
  const next = nextProtocol(base & 0xff);
  if (base >>> 30 !== 0 || length < MIN_HEADER_OCTETS || next === Layer.Done) return -Ignored.NotIp;
  if (w.room() < length) return -Ignored.TruncatedLinkHeader;
  w.position += length;
  return next;
}
