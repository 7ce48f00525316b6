import { Layer } from '../layers.js';
import { looksLikeEthernet } from '../link/ethernet.js';
import { nextProtocol } from '../link/service-header.js';
import type { WalkState } from '../walk-state.js';
import { Tunnel, type TunnelKind } from './tunnels.js';

/** The tunnel of `kind` whose header stands at `position`, right behind the UDP header. Layer.Done: it is not what its port says. */
export function udpTunnel(w: WalkState, kind: TunnelKind): number {
  switch (kind) {
    case Tunnel.Vxlan:
      return vxlan(w);
    case Tunnel.Geneve:
      return geneve(w);
    case Tunnel.Gtpu:
      return gtpU(w);
    case Tunnel.L2tp:
      return l2tpOverUdp(w);
    case Tunnel.Teredo:
      return teredo(w);
    case Tunnel.Tzsp:
      return tzsp(w);
    case Tunnel.Mpls:
      w.enterTunnel(Tunnel.Mpls, 0);
      return Layer.Mpls;
    default:
      return Layer.Done;
  }
}

const VXLAN_HEADER_OCTETS = 8;
const VXLAN_FLAG_VNI = 0x08;
const VXLAN_GPE_FLAG_PROTOCOL = 0x04;
const VXLAN_GPE_NEXT_PROTOCOL = 3;

/**
 * VXLAN (RFC 7348 §5), its group policy extension (same layout), and VXLAN-GPE, whose P flag says that it names the next
 * protocol. For others that flag is reserved, and what is reserved has any value: a protocol that is none means Ethernet.
 */
function vxlan(w: WalkState): number {
  const p = w.position;
  if (w.room() < VXLAN_HEADER_OCTETS || !(w.octets[p] & VXLAN_FLAG_VNI)) return Layer.Done;
  const named =
    w.octets[p] & VXLAN_GPE_FLAG_PROTOCOL ? nextProtocol(w.octets[p + VXLAN_GPE_NEXT_PROTOCOL]) : Layer.Done;
  w.position = p + VXLAN_HEADER_OCTETS;
  w.enterTunnel(Tunnel.Vxlan, w.view.getInt32(p + 4) >>> 8);
  return named === Layer.Done ? Layer.Ethernet : named;
}

const GENEVE_HEADER_OCTETS = 8;

/** GENEVE (RFC 8926 §3.4): version 0, option length in words, EtherType, VNI. */
function geneve(w: WalkState): number {
  const p = w.position;
  if (w.room() < GENEVE_HEADER_OCTETS || w.octets[p] >>> 6 !== 0) return Layer.Done;
  w.etherType = w.u16(p + 2);
  w.position = p + GENEVE_HEADER_OCTETS + ((w.octets[p] & 63) << 2);
  w.enterTunnel(Tunnel.Geneve, w.view.getInt32(p + 4) >>> 8);
  return Layer.Ethertype;
}

const GTPU_HEADER_OCTETS = 8;
const GTPU_VERSION_1_PROTOCOL_TYPE = 0x30;
const GTPU_G_PDU = 255;
const GTPU_FLAG_EXTENSION = 0x04;
const GTPU_OPTIONAL_FLAGS = 0x07;
const GTPU_MAX_EXTENSIONS = 8;

/** GTP-U G-PDU (3GPP TS 29.281 §5.1): TEID, optional sequence number, N-PDU number and extension headers, then IP. */
function gtpU(w: WalkState): number {
  const p = w.position;
  if (w.room() < GTPU_HEADER_OCTETS) return Layer.Done;
  const flags = w.octets[p];
  if ((flags & 0xf0) !== GTPU_VERSION_1_PROTOCOL_TYPE || w.octets[p + 1] !== GTPU_G_PDU) return Layer.Done;
  let q = p + GTPU_HEADER_OCTETS;
  if (flags & GTPU_OPTIONAL_FLAGS) {
    q += 4;
    let next = flags & GTPU_FLAG_EXTENSION && q <= w.end ? w.octets[q - 1] : 0;
    for (let n = 0; next !== 0; n++) {
      const length = q < w.end ? w.octets[q] << 2 : 0;
      if (length === 0 || n === GTPU_MAX_EXTENSIONS || q + length > w.end) return Layer.Done;
      q += length;
      next = w.octets[q - 1];
    }
  }
  w.position = q;
  w.enterTunnel(Tunnel.Gtpu, w.view.getInt32(p + 4));
  return Layer.Ip;
}

const L2TP_CONTROL = 0x8000;
const L2TP_LENGTH = 0x4000;
const L2TP_SEQUENCE = 0x0800;
const L2TP_OFFSET = 0x0200;

/** L2TP data messages over UDP: version 2 (RFC 2661 §3.1) carries PPP, version 3 (RFC 3931 §4.1.2) a pseudowire. */
function l2tpOverUdp(w: WalkState): number {
  if (w.room() < 8) return Layer.Done;
  const flags = w.u16(w.position);
  if (flags & L2TP_CONTROL) return Layer.Done;
  if ((flags & 15) === 3) {
    w.position += 4;
    return l2tp3Session(w);
  }
  if ((flags & 15) !== 2) return Layer.Done;
  let p = w.position + 2;
  if (flags & L2TP_LENGTH) p += 2;
  if (w.end - p < 4) return Layer.Done;
  const id = w.view.getInt32(p); // tunnel id and session id
  p += 4;
  if (flags & L2TP_SEQUENCE) p += 4;
  if (flags & L2TP_OFFSET) {
    if (w.end - p < 2) return Layer.Done;
    p += 2 + w.u16(p);
  }
  if (p >= w.end) return Layer.Done;
  w.position = p;
  w.enterTunnel(Tunnel.L2tp, id);
  return Layer.Ppp;
}

/** L2TPv3 session header at `position`: session id (0 is control), a cookie and a sublayer of a length that only the peers know; then Ethernet. */
export function l2tp3Session(w: WalkState): number {
  if (w.room() < 4) return Layer.Done;
  const id = w.view.getInt32(w.position);
  if (id === 0) return Layer.Done;
  for (let unknown = 4; unknown <= 16; unknown += 4) {
    if (!looksLikeEthernet(w, w.position + unknown)) continue;
    w.position += unknown;
    w.enterTunnel(Tunnel.L2tp, id);
    return Layer.Ethernet;
  }
  return Layer.Done;
}

const TEREDO_AUTHENTICATION = 0x0001;
const TEREDO_ORIGIN = 0x0000;
const TEREDO_ORIGIN_OCTETS = 8;

/** Teredo (RFC 4380 §5.1.1): optional authentication and origin indications before an IPv6 packet. */
function teredo(w: WalkState): number {
  let p = w.position;
  if (w.end - p >= 4 && w.u16(p) === TEREDO_AUTHENTICATION) p += 4 + w.octets[p + 2] + w.octets[p + 3] + 9;
  if (w.end - p >= TEREDO_ORIGIN_OCTETS && w.u16(p) === TEREDO_ORIGIN) p += TEREDO_ORIGIN_OCTETS;
  if (w.end - p < 40 || w.octets[p] >>> 4 !== 6) return Layer.Done;
  w.position = p;
  w.enterTunnel(Tunnel.Teredo, 0);
  return Layer.Ipv6;
}

const TZSP_HEADER_OCTETS = 4;
const TZSP_VERSION = 1;
const TZSP_TYPE_RECEIVED = 0;
const TZSP_TYPE_TRANSMIT = 1;
const TZSP_TAG_PADDING = 0;
const TZSP_TAG_END = 1;
const TZSP_ETHERNET = 1;
const TZSP_IEEE802_11 = 18;
const TZSP_MAX_TAGS = 64;

/** TZSP: version, type, protocol, tagged fields, then the mirrored frame. */
function tzsp(w: WalkState): number {
  let p = w.position;
  if (w.room() < TZSP_HEADER_OCTETS + 1 || w.octets[p] !== TZSP_VERSION) return Layer.Done;
  if (w.octets[p + 1] !== TZSP_TYPE_RECEIVED && w.octets[p + 1] !== TZSP_TYPE_TRANSMIT) return Layer.Done;
  const protocol = w.u16(p + 2);
  p += TZSP_HEADER_OCTETS;
  for (let n = 0; ; n++) {
    if (p >= w.end || n === TZSP_MAX_TAGS) return Layer.Done;
    const tag = w.octets[p++];
    if (tag === TZSP_TAG_END) break;
    if (tag === TZSP_TAG_PADDING) continue;
    if (p >= w.end) return Layer.Done;
    p += 1 + w.octets[p];
  }
  if (protocol !== TZSP_ETHERNET && protocol !== TZSP_IEEE802_11) return Layer.Done;
  w.position = p;
  w.enterTunnel(Tunnel.Tzsp, 0);
  return protocol === TZSP_ETHERNET ? Layer.Ethernet : Layer.Ieee80211;
}
