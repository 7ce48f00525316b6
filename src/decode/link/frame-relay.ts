import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { skipTag } from './ethernet.js';

/** An address (Q.922) has two to four octets; the last one has its lowest bit set. */
const MAX_ADDRESS_OCTETS = 4;
const ADDRESS_END = 0x01;
const UNNUMBERED_INFORMATION = 0x03;
const PADDING = 0x00;

/** Network layer protocol ids (ISO/IEC TR 9577). */
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;
const NLPID_PPP = 0xcf;
const SNAP_ORGANISATION_OCTETS = 3;

/** Frame relay: the address, then either a control octet and a protocol id (RFC 2427 §3) or an EtherType (Cisco's encapsulation). */
export function frameRelay(w: WalkState): number {
  let p = w.position;
  for (let n = 1; ; n++) {
    if (p >= w.end) return -Ignored.TruncatedLinkHeader;
    if (w.octets[p++] & ADDRESS_END) break;
    if (n === MAX_ADDRESS_OCTETS) return -Ignored.NotIp;
  }
  w.position = p;
  if (w.room() < 2) return -Ignored.TruncatedLinkHeader;
  return w.octets[p] === UNNUMBERED_INFORMATION ? multiprotocol(w, p + 1) : skipTag(w, 0);
}

function multiprotocol(w: WalkState, p: number): number {
  if (w.octets[p] === PADDING) p++;
  if (p >= w.end) return -Ignored.TruncatedLinkHeader;
  w.position = p + 1;
  switch (w.octets[p]) {
    case NLPID_IPV4:
      return Layer.Ipv4;
    case NLPID_IPV6:
      return Layer.Ipv6;
    case NLPID_PPP:
      return Layer.Ppp;
    case NLPID_SNAP:
      return skipTag(w, SNAP_ORGANISATION_OCTETS);
    default:
      return -Ignored.NotIp;
  }
}
