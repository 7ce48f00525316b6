import { Fact } from '../decoded-batch.js';
import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { EtherType } from './ether-types.js';

const ETHERNET_TYPE = 12;
const ETHERNET_HEADER_OCTETS = 14;

/** Ethernet II and IEEE 802.3. */
export function ethernet(w: WalkState): number {
  if (w.room() < ETHERNET_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  w.linkOffset = w.position;
  w.facts |= Fact.Ethernet;
  w.etherType = w.u16(w.position + ETHERNET_TYPE);
  w.position += ETHERNET_HEADER_OCTETS;
  return Layer.Ethertype;
}

/** Octets behind the EtherType of tags that stand between an Ethernet header and what it carries. */
const enum Tag {
  /** IEEE 802.1ah I-TAG: priority and service id, then the customer's own frame. */
  BackboneService = 4,
  /** FabricPath: forwarding tag and TTL, then the edge's own frame. */
  FabricPath = 2,
  /** VN-tag: both interface ids and flags. */
  VnTag = 4,
  /** IEEE 802.1BR E-TAG: priority, both channel ids. */
  ETag = 6,
  /** HSR (IEC 62439-3): path, length, sequence number. */
  Hsr = 4,
}

/** What an EtherType announces. */
export function etherType(w: WalkState): number {
  switch (w.etherType) {
    case EtherType.Ipv4:
      return Layer.Ipv4;
    case EtherType.Ipv6:
      return Layer.Ipv6;
    case EtherType.Vlan:
    case EtherType.ProviderVlan:
    case EtherType.Vlan9100:
    case EtherType.Vlan9200:
      return Layer.Vlan;
    case EtherType.Mpls:
    case EtherType.MplsMulticast:
      return Layer.Mpls;
    case EtherType.PppoeSession:
      return Layer.PppoeSession;
    case EtherType.Ppp:
      return Layer.Ppp;
    case EtherType.TransparentEthernet:
      return Layer.Ethernet;
    case EtherType.ServiceHeader:
      return Layer.ServiceHeader;
    case EtherType.JumboLlc:
      return Layer.Llc;
    case EtherType.BackboneService:
      return skip(w, Tag.BackboneService, Layer.Ethernet);
    case EtherType.FabricPath:
      return skip(w, Tag.FabricPath, Layer.Ethernet);
    case EtherType.VnTag:
      return skipTag(w, Tag.VnTag);
    case EtherType.ETag:
      return skipTag(w, Tag.ETag);
    case EtherType.Hsr:
      return skipTag(w, Tag.Hsr);
    case EtherType.CiscoMetadata:
      return ciscoMetadata(w);
    case EtherType.Trill:
      return trill(w);
    default:
      return w.etherType < EtherType.Smallest ? Layer.Llc : -Ignored.NotIp;
  }
}

/** Goes over `octets` octets to `layer`. */
export function skip(w: WalkState, octets: number, layer: number): number {
  if (w.room() < octets) return -Ignored.TruncatedLinkHeader;
  w.position += octets;
  return layer;
}

/** Goes over a tag of `octets` octets and the EtherType behind it. */
export function skipTag(w: WalkState, octets: number): number {
  if (w.room() < octets + 2) return -Ignored.TruncatedLinkHeader;
  w.etherType = w.u16(w.position + octets);
  w.position += octets + 2;
  return Layer.Ethertype;
}

const METADATA_VERSION = 1;

/** Cisco metadata (security group tag): version, length of the options in words, the options. */
function ciscoMetadata(w: WalkState): number {
  if (w.room() < 2) return -Ignored.TruncatedLinkHeader;
  if (w.octets[w.position] !== METADATA_VERSION) return -Ignored.NotIp;
  return skipTag(w, 2 + (w.octets[w.position + 1] << 2));
}

const TRILL_HEADER_OCTETS = 6;

/** TRILL (RFC 6325 §3): version 2 bits, flags, length of the options in words 5 bits, hop count 6 bits, both nicknames; a frame. */
function trill(w: WalkState): number {
  if (w.room() < TRILL_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const field = w.u16(w.position);
  if (field >>> 14 !== 0) return -Ignored.NotIp;
  return skip(w, TRILL_HEADER_OCTETS + (((field >>> 6) & 31) << 2), Layer.Ethernet);
}

/** Whether an Ethernet header with a well-known type may stand at `p`: a guess for carriers that do not say what they carry. */
export function looksLikeEthernet(w: WalkState, p: number): boolean {
  if (w.end - p < ETHERNET_HEADER_OCTETS) return false;
  switch (w.u16(p + ETHERNET_TYPE)) {
    case EtherType.Ipv4:
    case EtherType.Arp:
    case EtherType.Vlan:
    case EtherType.Ipv6:
    case EtherType.Mpls:
    case EtherType.PppoeSession:
    case EtherType.ProviderVlan:
    case EtherType.Vlan9100:
      return true;
    default:
      return false;
  }
}
