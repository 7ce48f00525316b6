import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS_UNICAST = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
const PPP_ADDRESS_CONTROL = 0xff03;
/** First octet of Cisco HDLC frames, unicast and multicast. */
const C_HDLC_UNICAST = 0x0f;
const C_HDLC_MULTICAST = 0x8f;

/** PPP (RFC 1661 §2), with or without address and control octets (RFC 1662 §3.1), protocol field one or two octets (RFC 1661 §6.5). */
export function ppp(w: WalkState): number {
  if (w.room() >= 2 && w.u16(w.position) === PPP_ADDRESS_CONTROL) w.position += 2;
  if (w.room() < 1) return -Ignored.TruncatedLinkHeader;
  let protocol = w.octets[w.position];
  if (protocol & 1 && protocol !== PPP_ADDRESS_CONTROL >>> 8) w.position += 1;
  else {
    if (w.room() < 2) return -Ignored.TruncatedLinkHeader;
    protocol = w.u16(w.position);
    w.position += 2;
  }
  switch (protocol) {
    case PPP_IPV4:
      return Layer.Ipv4;
    case PPP_IPV6:
      return Layer.Ipv6;
    case PPP_MPLS_UNICAST:
    case PPP_MPLS_MULTICAST:
      return Layer.Mpls;
    default:
      return -Ignored.NotIp;
  }
}

const PPPOE_HEADER_OCTETS = 6;
const PPPOE_CODE_SESSION = 0;

/** PPPoE session stage (RFC 2516 §4): version and type, code, session id, length. */
export function pppoeSession(w: WalkState): number {
  if (w.room() < PPPOE_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  if (w.octets[w.position] !== 0x11 || w.octets[w.position + 1] !== PPPOE_CODE_SESSION) return -Ignored.NotIp;
  w.position += PPPOE_HEADER_OCTETS;
  return Layer.Ppp;
}

/** PPP as the link types of serial lines have it (LINKTYPE_PPP, LINKTYPE_PPP_HDLC): the first octet tells it from Cisco HDLC. */
export function pppOrCHdlc(w: WalkState): number {
  if (w.room() < 1) return -Ignored.TruncatedLinkHeader;
  const address = w.octets[w.position];
  return address === C_HDLC_UNICAST || address === C_HDLC_MULTICAST ? Layer.CHdlc : Layer.Ppp;
}

const C_HDLC_HEADER_OCTETS = 4;

/** Cisco HDLC: address, control 0, EtherType. PPP frames share the link type on some captures. */
export function cHdlc(w: WalkState): number {
  if (w.room() < C_HDLC_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  if (w.u16(w.position) === PPP_ADDRESS_CONTROL) return Layer.Ppp;
  w.etherType = w.u16(w.position + 2);
  w.position += C_HDLC_HEADER_OCTETS;
  return Layer.Ethertype;
}
