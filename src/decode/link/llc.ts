import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { EtherType } from './ether-types.js';

const LLC_HEADER_OCTETS = 3;
const SNAP_HEADER_OCTETS = 8;
/** Destination and source service access points. */
const SAP_SNAP = 0xaaaa;
const SAP_IP = 0x0606;
const UNNUMBERED_INFORMATION = 0x03;
/** Organisations whose protocol ids are EtherTypes: RFC 1042, and the bridge-tunnel encapsulation of IEEE 802.1H. */
const ORGANISATION_ETHERTYPE = 0x000000;
const ORGANISATION_BRIDGE_TUNNEL = 0x0000f8;

/** IEEE 802.2 LLC: only SNAP with an EtherType (RFC 1042) and the service access point of IPv4 are of interest. */
export function llc(w: WalkState): number {
  const p = w.position;
  if (w.room() < LLC_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  if (w.octets[p + 2] !== UNNUMBERED_INFORMATION) return -Ignored.NotIp;
  const accessPoints = w.u16(p);
  if (accessPoints === SAP_IP) {
    w.position = p + LLC_HEADER_OCTETS;
    return Layer.Ipv4;
  }
  if (accessPoints !== SAP_SNAP) return -Ignored.NotIp;
  if (w.room() < SNAP_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const organisation = (w.octets[p + 3] << 16) | w.u16(p + 4);
  if (organisation !== ORGANISATION_ETHERTYPE && organisation !== ORGANISATION_BRIDGE_TUNNEL) return -Ignored.NotIp;
  const type = w.u16(p + 6);
  if (type < EtherType.Smallest) return -Ignored.NotIp;
  w.etherType = type;
  w.position = p + SNAP_HEADER_OCTETS;
  return Layer.Ethertype;
}
