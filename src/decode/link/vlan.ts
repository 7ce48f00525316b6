import { Fact } from '../decoded-batch.js';
import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

const TAG_OCTETS = 4;
/** Tags in one stack; providers use two, rarely three. */
const MAX_TAGS = 8;

/** One 802.1Q or 802.1ad tag (IEEE 802.1Q clause 9.6): tag control information, then the next type. */
export function vlan(w: WalkState): number {
  if (w.room() < TAG_OCTETS) return -Ignored.TruncatedLinkHeader;
  if (w.tags === MAX_TAGS) return -Ignored.TooManyHeaders;
  noteTag(w, w.u16(w.position));
  w.etherType = w.u16(w.position + 2);
  w.position += TAG_OCTETS;
  return Layer.Ethertype;
}

/** Notes tag control information: priority 3 bits, drop eligible 1 bit, VLAN id 12 bits. */
export function noteTag(w: WalkState, tag: number): void {
  w.outerPriority = w.tags === 0 ? tag >>> 13 : w.innerPriority;
  w.innerPriority = tag >>> 13;
  // Each further tag pushes the former ones outwards: innermost, next, and the two beyond in `moreTags`.
  if (w.tags >= 2) {
    w.facts |= Fact.MoreTags;
    w.moreTags = ((w.moreTags << 12) | (w.vlan >>> 12)) & 0xffffff;
  }
  w.vlan = ((w.vlan & 0xfff) << 12) | (tag & 0xfff);
  w.tags++;
  w.facts |= Fact.Vlan;
}
