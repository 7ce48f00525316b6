import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { fragment } from './ipv4.js';

/** IPv6 header (RFC 8200 §3): octet offsets. */
export const enum Ipv6 {
  PayloadLength = 4,
  NextHeader = 6,
  HopLimit = 7,
  Source = 8,
  Destination = 24,
  HeaderOctets = 40,
}

/** Extension headers a packet may carry before it is given up as hostile; real stacks send no more than seven, test suites some 150. */
const IPV6_MAX_EXTENSION_HEADERS = 256;

/** Next-header values (IANA protocol numbers) that the walk knows. */
export const enum NextHeader {
  HopByHop = 0,
  Routing = 43,
  Fragment = 44,
  NoNextHeader = 59,
  DestinationOptions = 60,
  Mobility = 135,
  Hip = 139,
  Shim6 = 140,
}

const FRAGMENT_HEADER_OCTETS = 8;

/**
 * IPv6 and its extension headers. Payload length 0 with data after the header is a jumbogram (RFC 2675) or was left to
 * segmentation offload: the frame tells the length. Behind "no next header" there is nothing but padding.
 */
export function ipv6(w: WalkState): number {
  const p = w.position;
  if (w.room() < 1) return -Ignored.TruncatedIpHeader;
  if (w.octets[p] >>> 4 !== 6) return -Ignored.BadIpHeader;
  if (w.room() < Ipv6.HeaderOctets) return -Ignored.TruncatedIpHeader;
  let length = w.u16(p + Ipv6.PayloadLength) + Ipv6.HeaderOctets;
  if (length === Ipv6.HeaderOctets && w.octets[p + Ipv6.NextHeader] !== NextHeader.NoNextHeader) {
    length = Math.max(length, w.wireEnd - p);
  }

  w.version = 6;
  w.ipLength = length;
  w.ipEnd = p + length;
  w.sourceOffset = p + Ipv6.Source;
  w.destinationOffset = p + Ipv6.Destination;
  w.serviceClass = ((w.octets[p] & 15) << 4) | (w.octets[p + 1] >>> 4);
  w.hopLimit = w.octets[p + Ipv6.HopLimit];
  w.protocol = w.octets[p + Ipv6.NextHeader];
  fragment(w, 0, 0);
  w.position = p + Ipv6.HeaderOctets;
  return extensionHeaders(w);
}

/** Walks to the first header that is no extension header (RFC 8200 §4); AH, ESP and "no next header" end the walk. */
function extensionHeaders(w: WalkState): number {
  for (let headers = 0; !w.laterFragment; headers++) {
    switch (w.protocol) {
      case NextHeader.HopByHop:
      case NextHeader.Routing:
      case NextHeader.DestinationOptions:
      case NextHeader.Mobility:
      case NextHeader.Hip:
      case NextHeader.Shim6:
      case NextHeader.Fragment:
        break;
      default:
        return Layer.Transport;
    }
    if (headers === IPV6_MAX_EXTENSION_HEADERS) return -Ignored.TooManyHeaders;
    const room = Math.min(w.end, w.ipEnd) - w.position;
    if (w.protocol === NextHeader.Fragment) {
      if (room < FRAGMENT_HEADER_OCTETS) return -Ignored.TruncatedExtensionHeader;
      const field = w.u16(w.position + 2);
      // Offset in the upper 13 bits, "more" in bit 0 (RFC 8200 §4.5): put into the form of IPv4.
      fragment(w, (field >>> 3) | ((field & 1) << 13), w.view.getInt32(w.position + 4));
      w.protocol = w.octets[w.position];
      w.position += FRAGMENT_HEADER_OCTETS;
      continue;
    }
    if (room < 2) return -Ignored.TruncatedExtensionHeader;
    const next = w.octets[w.position];
    if (w.protocol >= NextHeader.Mobility && next === NextHeader.NoNextHeader) return Layer.Transport;
    const length = (w.octets[w.position + 1] + 1) << 3;
    if (room < length) return -Ignored.TruncatedExtensionHeader;
    w.protocol = next;
    w.position += length;
  }
  return Layer.Transport;
}
