import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { skip } from './ethernet.js';
import { plainLayer } from './link-types.js';

/** Headers that the capturing system put before what was on the wire. */

const SLIP_HEADER_OCTETS = 16;
const SLIP_SENT = 1;

/** SLIP (LINKTYPE_SLIP): direction (0 received, 1 sent), room for the compressed header; then the whole IP packet. */
export function slip(w: WalkState): number {
  if (w.room() < SLIP_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  return w.octets[w.position] > SLIP_SENT ? -Ignored.NotIp : skip(w, SLIP_HEADER_OCTETS, Layer.Ip);
}

/** Length, address family, action and reason: what all versions have, and much less than any has. */
const PFLOG_LEAST_OCTETS = 4;

/** Log of the BSD packet filter (LINKTYPE_PFLOG): a header that begins with its own length, padded to four octets; then IP. */
export function pflog(w: WalkState): number {
  if (w.room() < PFLOG_LEAST_OCTETS) return -Ignored.TruncatedLinkHeader;
  const length = w.octets[w.position];
  return length < PFLOG_LEAST_OCTETS ? -Ignored.NotIp : skip(w, (length + 3) & ~3, Layer.Ip);
}

const PPI_HEADER_OCTETS = 8;
const PPI_LENGTH = 2;
const PPI_LINK_TYPE = 4;

/** Per-packet information (LINKTYPE_PPI), little endian: version 0, flags, length with all fields, link type of what follows. */
export function ppi(w: WalkState): number {
  const p = w.position;
  if (w.room() < PPI_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const length = w.view.getUint16(p + PPI_LENGTH, true);
  if (w.octets[p] !== 0 || length < PPI_HEADER_OCTETS) return -Ignored.NotIp;
  return skip(w, length, plainLayer(w.view.getUint32(p + PPI_LINK_TYPE, true)));
}

const PKTAP_LEAST_OCTETS = 12;
const PKTAP_LINK_TYPE = 8;

/** Apple's packet tap (LINKTYPE_PKTAP), little endian: length of the header, kind of record, link type of what follows. */
export function pktap(w: WalkState): number {
  const p = w.position;
  if (w.room() < PKTAP_LEAST_OCTETS) return -Ignored.TruncatedLinkHeader;
  const length = w.view.getUint32(p, true);
  if (length < PKTAP_LEAST_OCTETS) return -Ignored.NotIp;
  return skip(w, length, plainLayer(w.view.getUint32(p + PKTAP_LINK_TYPE, true)));
}

const JUNIPER_HEADER_OCTETS = 4;
const JUNIPER_MAGIC = 0x4d4743;
const JUNIPER_EXTENDED = 0x80;
const JUNIPER_NO_LINK_HEADER = 0x02;

/** Juniper's capture of Ethernet (LINKTYPE_JUNIPER_ETHER): magic, flags, and when a flag says so a length and as many octets. */
export function juniperEthernet(w: WalkState): number {
  const p = w.position;
  if (w.room() < JUNIPER_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const flags = w.octets[p + 3];
  if (w.view.getInt32(p) >>> 8 !== JUNIPER_MAGIC || flags & JUNIPER_NO_LINK_HEADER) return -Ignored.NotIp;
  if (!(flags & JUNIPER_EXTENDED)) return skip(w, JUNIPER_HEADER_OCTETS, Layer.Ethernet);
  if (w.room() < JUNIPER_HEADER_OCTETS + 2) return -Ignored.TruncatedLinkHeader;
  return skip(w, JUNIPER_HEADER_OCTETS + 2 + w.u16(p + JUNIPER_HEADER_OCTETS), Layer.Ethernet);
}

const PRISM_HEADER_OCTETS = 144;
const AVS_LEAST_OCTETS = 8;
/** First word of AVS headers without its version. */
const AVS_MAGIC = 0x80211000 | 0;

/** Prism and AVS headers before 802.11 frames (LINKTYPE_IEEE802_11_PRISM, LINKTYPE_IEEE802_11_AVS): AVS says its length. */
export function prismOrAvs(w: WalkState): number {
  const p = w.position;
  if (w.room() < AVS_LEAST_OCTETS) return -Ignored.TruncatedLinkHeader;
  if ((w.view.getInt32(p) & ~0xfff) !== AVS_MAGIC) return skip(w, PRISM_HEADER_OCTETS, Layer.Ieee80211);
  const length = w.view.getUint32(p + 4);
  return length < AVS_LEAST_OCTETS ? -Ignored.NotIp : skip(w, length, Layer.Ieee80211);
}

/** First octet of an LLC header with SNAP; IP packets begin otherwise. */
const ATM_LLC = 0xaa;

/** ATM adaptation layer 5 (LINKTYPE_ATM_RFC1483, LINKTYPE_ATM_CLIP): LLC when it begins so, else one protocol per circuit, IP. */
export function atm(w: WalkState): number {
  if (w.room() < 1) return -Ignored.TruncatedLinkHeader;
  return w.octets[w.position] === ATM_LLC ? Layer.Llc : Layer.Ip;
}
