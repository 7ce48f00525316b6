import type { DecodeSettings } from '../decode-settings.js';
import { Layer } from '../layers.js';
import { Protocol, Udp } from '../transport/ports.js';
import type { WalkState } from '../walk-state.js';
import { gre } from './gre.js';
import { Tunnel } from './tunnels.js';
import { l2tp3Session, udpTunnel } from './udp-tunnels.js';

/** IANA protocol numbers of tunnels straight over IP. */
const PROTOCOL_IPV4 = 4;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_L2TP = 115;
const PROTOCOL_MPLS = 137;

/**
 * Looks behind the IP header just read for a tunnel that is to be decapsulated. The first fragment of a tunnel packet
 * is looked into as well: it has all that a record needs.
 * @returns the layer inside, or Layer.Done when the packet is metered as it is
 */
export function decapsulate(w: WalkState, settings: DecodeSettings): number {
  if (settings.decap === 0 || w.laterFragment || w.layers >= w.layerLimit) return Layer.Done;
  const { position, end } = w;
  // Padding behind the IP packet is none of the tunnel's.
  if (w.ipEnd < end) w.end = w.ipEnd;
  const layer = tunnel(w, settings);
  if (layer === Layer.Done) {
    w.position = position;
    w.end = end;
  }
  return layer;
}

/** Layer.Done, wherever `position` then stands, when there is no tunnel to look into; a tunnel is entered only otherwise. */
function tunnel(w: WalkState, settings: DecodeSettings): number {
  const { decap } = settings;
  switch (w.protocol) {
    case Protocol.Udp:
      return overUdp(w, settings.udpTunnelByPort);
    case PROTOCOL_GRE:
      return gre(w, decap);
    case PROTOCOL_IPV4:
      return enterIf(w, decap, w.version === 4 ? Tunnel.Ipip : Tunnel.X4in6, Layer.Ipv4);
    case PROTOCOL_IPV6:
      return enterIf(w, decap, w.version === 4 ? Tunnel.X6in4 : Tunnel.Ip6ip6, Layer.Ipv6);
    case PROTOCOL_MPLS:
      return enterIf(w, decap, Tunnel.Mpls, Layer.Mpls);
    case PROTOCOL_L2TP:
      return decap & (1 << Tunnel.L2tp) ? l2tp3Session(w) : Layer.Done;
    default:
      return Layer.Done;
  }
}

function enterIf(w: WalkState, decap: number, kind: number, layer: number): number {
  if (!(decap & (1 << kind))) return Layer.Done;
  w.enterTunnel(kind, 0);
  return layer;
}

/** The destination port names the tunnel; where both ends use the registered port or the reply comes from it, the source port does. */
function overUdp(w: WalkState, kindByPort: Uint8Array): number {
  if (w.room() < Udp.HeaderOctets) return Layer.Done;
  const kind = kindByPort[w.u16(w.position + 2)] || kindByPort[w.u16(w.position)];
  if (kind === 0) return Layer.Done;
  w.position += Udp.HeaderOctets;
  return udpTunnel(w, kind);
}
