import { ANY_INTERFACE } from '../live-capture.js';
import { Hardware } from './ring-layout.js';

/** LINKTYPE_ values of live captures. */
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_LINUX_SLL2 = 276;
const LINKTYPE_IEEE80211 = 105;
const LINKTYPE_IEEE80211_PRISM = 119;
const LINKTYPE_IEEE80211_RADIOTAP = 127;

/** Octets of a cooked header (LINKTYPE_LINUX_SLL2). */
export const SLL2_OCTETS = 20;

/** libpcap's own value for raw IP on most systems, which files do not have. */
const DLT_RAW = 12;

/**
 * Link type of packets of an interface with this hardware type. What does not begin with a header that is known comes
 * without it, behind a cooked header.
 */
export function linkTypeOf(interfaceName: string, hardware: number): number {
  if (interfaceName === ANY_INTERFACE) return LINKTYPE_LINUX_SLL2;
  switch (hardware as Hardware) {
    case Hardware.Ethernet:
    case Hardware.Loopback:
      return LINKTYPE_ETHERNET;
    case Hardware.Ieee80211:
      return LINKTYPE_IEEE80211;
    case Hardware.Ieee80211Prism:
      return LINKTYPE_IEEE80211_PRISM;
    case Hardware.Ieee80211Radiotap:
      return LINKTYPE_IEEE80211_RADIOTAP;
    default:
      return LINKTYPE_LINUX_SLL2;
  }
}

/** libpcap's number of a link type (DLT_) as the one in files (LINKTYPE_). */
export function linkTypeOfDlt(dlt: number): number {
  return dlt === DLT_RAW ? LINKTYPE_RAW : dlt;
}
