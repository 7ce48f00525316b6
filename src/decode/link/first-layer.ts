import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { atm, juniperEthernet, pflog, pktap, ppi, prismOrAvs, slip } from './capture-headers.js';
import { enc, linuxSll, linuxSll2 } from './cooked.js';
import { skip, skipTag } from './ethernet.js';
import { frameRelay } from './frame-relay.js';
import { LinkType, plainLayer } from './link-types.js';
import { nflog } from './nflog.js';
import { broadcomPrefix, broadcomTag, dsa, edsa } from './switch-tags.js';
import { fddi, tokenRing } from './token-ring.js';

/** Octets of both addresses (EUI-64) before the EtherType: Apple's IP over IEEE 1394. */
const IEEE1394_ADDRESSES_OCTETS = 16;
/** Octets of the global routing header before the EtherType; two reserved octets follow (RFC 4391 §6). */
const IPOIB_ROUTING_OCTETS = 40;
const IPOIB_HEADER_OCTETS = 44;
const DIRECTION_OCTETS = 1;

/** Begins the walk over a frame of `linkType`: reads the header that only this link type has, and returns the layer that follows. */
export function firstLayer(w: WalkState, linkType: number): number {
  switch (linkType) {
    case LinkType.LinuxSll:
      return linuxSll(w);
    case LinkType.LinuxSll2:
      return linuxSll2(w);
    case LinkType.Nflog:
      return nflog(w);
    case LinkType.Pflog:
      return pflog(w);
    case LinkType.Enc:
      return enc(w);
    case LinkType.Pktap:
      return pktap(w);
    case LinkType.Ppi:
      return ppi(w);
    case LinkType.Ieee80211Prism:
    case LinkType.Ieee80211Avs:
      return prismOrAvs(w);
    case LinkType.PppWithDirection:
      return skip(w, DIRECTION_OCTETS, Layer.Ppp);
    case LinkType.CHdlcWithDirection:
      return skip(w, DIRECTION_OCTETS, Layer.CHdlc);
    case LinkType.FrameRelay:
      return frameRelay(w);
    case LinkType.Slip:
      return slip(w);
    case LinkType.AtmRfc1483:
    case LinkType.AtmClip:
      return atm(w);
    case LinkType.Fddi:
      return fddi(w);
    case LinkType.TokenRing:
      return tokenRing(w);
    case LinkType.AppleIpOverIeee1394:
      return skipTag(w, IEEE1394_ADDRESSES_OCTETS);
    case LinkType.Ipoib:
      return ipOverInfiniband(w);
    case LinkType.JuniperEther:
      return juniperEthernet(w);
    case LinkType.Dsa:
      return dsa(w);
    case LinkType.Edsa:
      return edsa(w);
    case LinkType.DsaBroadcom:
      return broadcomTag(w);
    case LinkType.DsaBroadcomPrefix:
      return broadcomPrefix(w);
    default:
      return plainLayer(linkType);
  }
}

function ipOverInfiniband(w: WalkState): number {
  if (w.room() < IPOIB_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  w.etherType = w.u16(w.position + IPOIB_ROUTING_OCTETS);
  w.position += IPOIB_HEADER_OCTETS;
  return Layer.Ethertype;
}
