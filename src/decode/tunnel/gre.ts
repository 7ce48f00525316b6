import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import { EtherType } from '../link/ether-types.js';
import type { WalkState } from '../walk-state.js';
import { Tunnel } from './tunnels.js';

const FLAG_CHECKSUM = 0x8000;
const FLAG_ROUTING = 0x4000;
const FLAG_KEY = 0x2000;
const FLAG_SEQUENCE = 0x1000;
const FLAG_ACKNOWLEDGEMENT = 0x0080; // version 1 only
const VERSION_MASK = 0x0007;
const HEADER_OCTETS = 4;
const MAX_ROUTES = 8;

const PROTOCOL_ERSPAN_I_II = 0x88be;
const PROTOCOL_ERSPAN_III = 0x22eb;
/** Virtual subnet ids below this are reserved (RFC 7637 §3.2): a smaller key of Ethernet over GRE is an ordinary GRE key. */
const NVGRE_SMALLEST_KEY = 0x1000 << 8;

/**
 * GRE version 0 (RFC 2784, RFC 2890; routing field of RFC 1701 skipped) and version 1 (PPTP, RFC 2637 §4.1), with what rides
 * on it: Ethernet (also NVGRE, RFC 7637), PPP, ERSPAN, WCCP, and whatever an EtherType names.
 * @param decap set of tunnel kinds to look into
 */
export function gre(w: WalkState, decap: number): number {
  if (w.room() < HEADER_OCTETS) return Layer.Done;
  const flags = w.u16(w.position);
  const protocol = w.u16(w.position + 2);
  const version = flags & VERSION_MASK;
  let p = w.position + HEADER_OCTETS;
  let key = 0;
  if (version > 1) return Layer.Done;
  if (version === 0 && flags & (FLAG_CHECKSUM | FLAG_ROUTING)) p += 4;
  if (flags & FLAG_KEY) {
    if (w.end - p < 4) return Layer.Done;
    // Version 1 keeps the payload length in the upper half; only the call id names the tunnel.
    key = version === 1 ? w.u16(p + 2) : w.view.getInt32(p);
    p += 4;
  }
  if (flags & FLAG_SEQUENCE) p += 4;
  if (version === 1 && flags & FLAG_ACKNOWLEDGEMENT) p += 4;
  if (version === 0 && flags & FLAG_ROUTING) p = skipRoutes(w, p);
  if (p >= w.end) return Layer.Done;
  w.position = p;
  if (version === 1) {
    if (protocol !== EtherType.Ppp || !(decap & (1 << Tunnel.Gre))) return Layer.Done;
    w.enterTunnel(Tunnel.Gre, key);
    return Layer.Ppp;
  }
  if (protocol === PROTOCOL_ERSPAN_I_II || protocol === PROTOCOL_ERSPAN_III) {
    return decap & (1 << Tunnel.Erspan) ? erspan(w, protocol, (flags & FLAG_SEQUENCE) !== 0) : Layer.Done;
  }
  // Without the key flag the key is 0.
  if (protocol === EtherType.TransparentEthernet && key >>> 0 >= NVGRE_SMALLEST_KEY && decap & (1 << Tunnel.Nvgre)) {
    w.enterTunnel(Tunnel.Nvgre, key >>> 8);
    return Layer.Ethernet;
  }
  if (!(decap & (1 << Tunnel.Gre))) return Layer.Done;
  w.enterTunnel(Tunnel.Gre, key);
  return inside(w, protocol);
}

/** Aruba's access points number their 802.11 frames from here on in steps of 16. */
const PROTOCOL_ARUBA = 0x8200;
const PROTOCOL_ARUBA_MASK = 0xff0f;

/** What a protocol type announces. */
function inside(w: WalkState, protocol: number): number {
  if (protocol === EtherType.Wccp) return wccp(w);
  if (protocol === EtherType.CiscoMetadata) return ciscoMetadata(w);
  if ((protocol & PROTOCOL_ARUBA_MASK) === PROTOCOL_ARUBA) return Layer.Ieee80211;
  w.etherType = protocol;
  return Layer.Ethertype;
}

const WCCP_HEADER_OCTETS = 4;

/** Traffic redirected by WCCP: version 2 puts a header of four octets before the IP packet, version 1 none. */
function wccp(w: WalkState): number {
  if (w.room() > 0 && w.octets[w.position] >>> 4 !== 4) w.position += WCCP_HEADER_OCTETS;
  return Layer.Ipv4;
}

/** Cisco metadata over GRE: here the EtherType of what follows comes first, then version, length of the options in words, the options. */
function ciscoMetadata(w: WalkState): number {
  const p = w.position;
  if (w.room() < 4) return -Ignored.TruncatedLinkHeader;
  w.etherType = w.u16(p);
  w.position = p + 4 + (w.octets[p + 3] << 2);
  return Layer.Ethertype;
}

/** Source route entries (RFC 1701): address family, offset, length, data; the list ends with family and length 0. */
function skipRoutes(w: WalkState, p: number): number {
  for (let n = 0; n < MAX_ROUTES && w.end - p >= 4; n++) {
    const family = w.u16(p);
    const length = w.octets[p + 3];
    p += 4 + length;
    if (family === 0 && length === 0) return p;
  }
  return w.end;
}

const ERSPAN_II_OCTETS = 8;
const ERSPAN_III_OCTETS = 12;
const ERSPAN_III_PLATFORM_OCTETS = 8;
const ERSPAN_SESSION_MASK = 0x3ff;
const ERSPAN_III_FRAME_ETHERNET = 0;
const ERSPAN_III_FRAME_IP = 2;

/** ERSPAN type I (no header of its own, told by the missing GRE sequence number), II and III. */
function erspan(w: WalkState, protocol: number, hasSequence: boolean): number {
  const p = w.position;
  if (protocol === PROTOCOL_ERSPAN_I_II) {
    if (!hasSequence) {
      w.enterTunnel(Tunnel.Erspan, 0);
      return Layer.Ethernet;
    }
    if (w.room() < ERSPAN_II_OCTETS) return Layer.Done;
    w.position = p + ERSPAN_II_OCTETS;
    w.enterTunnel(Tunnel.Erspan, w.u16(p + 2) & ERSPAN_SESSION_MASK);
    return Layer.Ethernet;
  }
  if (w.room() < ERSPAN_III_OCTETS) return Layer.Done;
  const last = w.u16(p + 10);
  const frameType = (last >>> 10) & 31;
  w.position = p + ERSPAN_III_OCTETS + (last & 1 ? ERSPAN_III_PLATFORM_OCTETS : 0);
  if (frameType !== ERSPAN_III_FRAME_ETHERNET && frameType !== ERSPAN_III_FRAME_IP) return Layer.Done;
  w.enterTunnel(Tunnel.Erspan, w.u16(p + 2) & ERSPAN_SESSION_MASK);
  return frameType === ERSPAN_III_FRAME_IP ? Layer.Ip : Layer.Ethernet;
}
