import { Fact, Size } from '../decoded-batch.js';
import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { looksLikeEthernet } from './ethernet.js';

const LABEL_OCTETS = 4;
const MAX_LABELS = 16;
const CONTROL_WORD_OCTETS = 4;
const ETHERNET_HEADER_OCTETS = 14;

/**
 * An MPLS label stack (RFC 3032 §2.1): label 20 bits, traffic class 3, bottom of stack 1, TTL 8. What it carries is not
 * said in the packet: the first nibble tells IPv4 and IPv6 (RFC 4928 §3), anything else is a pseudowire, with
 * (RFC 4448 §4.6: nibble 0) or without a control word.
 */
export function mpls(w: WalkState): number {
  w.facts |= Fact.Mpls;
  w.mpls[0] = 0;
  for (let labels = 0; ; labels++) {
    if (w.room() < LABEL_OCTETS) return -Ignored.TruncatedLinkHeader;
    if (labels === MAX_LABELS) return -Ignored.TooManyHeaders;
    const entry = w.view.getInt32(w.position);
    w.position += LABEL_OCTETS;
    if (labels < Size.MplsWords - 1) {
      w.mpls[labels + 1] = entry >>> 8; // label, class and bottom bit: the 3 octets of mplsTopLabelStackSection
      w.mpls[0] = labels + 1;
    }
    if (entry & 0x100) break;
  }
  if (w.room() < 1) return -Ignored.TruncatedLinkHeader;
  const nibble = w.octets[w.position] >>> 4;
  if (nibble === 4) return Layer.Ipv4;
  if (nibble === 6) return Layer.Ipv6;
  if (nibble === 0 && looksLikeEthernet(w, w.position + CONTROL_WORD_OCTETS)) {
    w.position += CONTROL_WORD_OCTETS;
    return Layer.Ethernet;
  }
  if (looksLikeEthernet(w, w.position)) return Layer.Ethernet;
  const cut = w.end < w.wireEnd && w.room() < CONTROL_WORD_OCTETS + ETHERNET_HEADER_OCTETS;
  return cut ? -Ignored.TruncatedLinkHeader : -Ignored.NotIp;
}
