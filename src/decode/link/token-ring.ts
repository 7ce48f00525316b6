import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { skip } from './ethernet.js';

const TOKEN_RING_FRAME_CONTROL = 1;
const TOKEN_RING_SOURCE = 8;
const TOKEN_RING_HEADER_OCTETS = 14;
const FRAME_TYPE_MASK = 0xc0;
const FRAME_TYPE_LLC = 0x40;
/** In the source address: routing information follows, whose own length is in the lower five bits of its first octet. */
const SOURCE_ROUTED = 0x80;
const ROUTING_LENGTH_MASK = 0x1f;

/** IEEE 802.5: access control, frame control, both addresses, routing information; then LLC. */
export function tokenRing(w: WalkState): number {
  const p = w.position;
  if (w.room() < TOKEN_RING_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  if ((w.octets[p + TOKEN_RING_FRAME_CONTROL] & FRAME_TYPE_MASK) !== FRAME_TYPE_LLC) return -Ignored.NotIp;
  if (!(w.octets[p + TOKEN_RING_SOURCE] & SOURCE_ROUTED)) return skip(w, TOKEN_RING_HEADER_OCTETS, Layer.Llc);
  if (w.room() === TOKEN_RING_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const routing = w.octets[p + TOKEN_RING_HEADER_OCTETS] & ROUTING_LENGTH_MASK;
  return skip(w, TOKEN_RING_HEADER_OCTETS + routing, Layer.Llc);
}

const FDDI_HEADER_OCTETS = 13;
/** Frame control without the class bit and the priority: 48-bit addresses, LLC. */
const FDDI_TYPE_MASK = 0x70;
const FDDI_TYPE_LLC = 0x50;

/** FDDI: frame control, both addresses; then LLC. */
export function fddi(w: WalkState): number {
  if (w.room() < FDDI_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  if ((w.octets[w.position] & FDDI_TYPE_MASK) !== FDDI_TYPE_LLC) return -Ignored.NotIp;
  return skip(w, FDDI_HEADER_OCTETS, Layer.Llc);
}
