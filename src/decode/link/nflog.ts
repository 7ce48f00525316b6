import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

const HEADER_OCTETS = 4;
const ATTRIBUTE_HEADER_OCTETS = 4;
const MAX_ATTRIBUTES = 64;
/** NFULA_PAYLOAD. */
const TYPE_PAYLOAD = 9;
/** The two upper bits of an attribute's type are flags. */
const TYPE_MASK = 0x3fff;

/**
 * Linux netfilter log (LINKTYPE_NFLOG): family, version, resource id; then attributes of length and type in the byte order
 * of the capturing host, one of which is the packet from its IP header on.
 */
export function nflog(w: WalkState): number {
  if (w.room() < HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  let p = w.position + HEADER_OCTETS;
  for (let n = 0; n < MAX_ATTRIBUTES; n++) {
    if (w.end - p < ATTRIBUTE_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
    // Types are small, so the octet that holds nothing but flags tells the byte order.
    const littleEndian = (w.octets[p + 3] & (TYPE_MASK >>> 8)) === 0;
    const length = w.view.getUint16(p, littleEndian);
    const type = w.view.getUint16(p + 2, littleEndian) & TYPE_MASK;
    if (length < ATTRIBUTE_HEADER_OCTETS) return -Ignored.NotIp;
    if (type === TYPE_PAYLOAD) {
      w.position = p + ATTRIBUTE_HEADER_OCTETS;
      w.endAt(p + length);
      return Layer.Ip;
    }
    p += (length + 3) & ~3;
  }
  return -Ignored.NotIp;
}
