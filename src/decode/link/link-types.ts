import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';

/** LINKTYPE_ values (the IANA registry "PCAP and PCAPNG Link Types") that weir decodes. */
export const enum LinkType {
  Null = 0,
  Ethernet = 1,
  TokenRing = 6,
  Slip = 8,
  Ppp = 9,
  Fddi = 10,
  Raw12 = 12,
  Raw14 = 14,
  PppHdlc = 50,
  PppEther = 51,
  AtmRfc1483 = 100,
  Raw = 101,
  CHdlc = 104,
  Ieee80211 = 105,
  AtmClip = 106,
  FrameRelay = 107,
  Loop = 108,
  Enc = 109,
  LinuxSll = 113,
  Pflog = 117,
  Ieee80211Prism = 119,
  Ieee80211Radiotap = 127,
  AppleIpOverIeee1394 = 138,
  Ieee80211Avs = 163,
  JuniperEther = 178,
  Ppi = 192,
  PppWithDirection = 204,
  CHdlcWithDirection = 205,
  Mpls = 219,
  Ipv4 = 228,
  Ipv6 = 229,
  Nflog = 239,
  Ipoib = 242,
  Pktap = 258,
  LinuxSll2 = 276,
  DsaBroadcom = 281,
  DsaBroadcomPrefix = 282,
  Dsa = 284,
  Edsa = 285,
}

/** The layer that frames of `linkType` begin with, for the link types that begin with a layer that occurs elsewhere too. */
export function plainLayer(linkType: number): number {
  switch (linkType) {
    case LinkType.Ethernet:
      return Layer.Ethernet;
    case LinkType.Null:
    case LinkType.Loop:
      return Layer.Null;
    case LinkType.Raw:
    case LinkType.Raw12:
    case LinkType.Raw14:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      return Layer.Ip;
    case LinkType.Ppp:
    case LinkType.PppHdlc:
      return Layer.PppOrCHdlc;
    case LinkType.PppEther:
      return Layer.PppoeSession;
    case LinkType.CHdlc:
      return Layer.CHdlc;
    case LinkType.Mpls:
      return Layer.Mpls;
    case LinkType.Ieee80211:
      return Layer.Ieee80211;
    case LinkType.Ieee80211Radiotap:
      return Layer.Radiotap;
    default:
      return -Ignored.UnsupportedLinkType;
  }
}
