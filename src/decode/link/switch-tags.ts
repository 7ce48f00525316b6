import { Fact } from '../decoded-batch.js';
import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { skip, skipTag } from './ethernet.js';
import { noteTag } from './vlan.js';

/**
 * Frames from the port between a host and its switch chip: the chip's own tag stands where an 802.1Q tag would, between
 * the addresses and the EtherType.
 */

const ADDRESSES_OCTETS = 12;

const DSA_TAG_OCTETS = 4;
/** The DSA tag took the place of an 802.1Q tag and holds its id and priority. */
const DSA_TAGGED = 0x20;
/** EDSA: an EtherType of its own and two reserved octets before the tag. */
const EDSA_PREFIX_OCTETS = 4;

/** Marvell's distributed switch architecture (LINKTYPE_DSA_TAG_DSA). */
export function dsa(w: WalkState): number {
  return switchTag(w, 0);
}

/** The same with an EtherType (LINKTYPE_DSA_TAG_EDSA). */
export function edsa(w: WalkState): number {
  return switchTag(w, EDSA_PREFIX_OCTETS);
}

function switchTag(w: WalkState, prefixOctets: number): number {
  const tag = w.position + ADDRESSES_OCTETS + prefixOctets;
  const layer = behindAddresses(w, prefixOctets + DSA_TAG_OCTETS);
  if (layer === Layer.Ethertype && w.octets[tag] & DSA_TAGGED) noteTag(w, w.u16(tag + 2) & 0xefff);
  return layer;
}

const BROADCOM_TAG_OCTETS = 4;

/** Broadcom's tag (LINKTYPE_DSA_TAG_BRCM). */
export function broadcomTag(w: WalkState): number {
  return behindAddresses(w, BROADCOM_TAG_OCTETS);
}

/** Broadcom's tag before the frame (LINKTYPE_DSA_TAG_BRCM_PREPEND). */
export function broadcomPrefix(w: WalkState): number {
  return skip(w, BROADCOM_TAG_OCTETS, Layer.Ethernet);
}

function behindAddresses(w: WalkState, tagOctets: number): number {
  const octets = ADDRESSES_OCTETS + tagOctets;
  if (w.room() < octets + 2) return -Ignored.TruncatedLinkHeader;
  w.linkOffset = w.position;
  w.facts |= Fact.Ethernet;
  return skipTag(w, octets);
}
