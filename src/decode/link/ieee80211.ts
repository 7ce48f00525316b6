import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';
import { skip } from './ethernet.js';

const VERSION_MASK = 3;
const TYPE_DATA = 2;
const SUBTYPE_NO_DATA = 0x4;
const SUBTYPE_QOS = 0x8;
const FLAG_TO_DS = 0x01;
const FLAG_FROM_DS = 0x02;
const FLAG_PROTECTED = 0x40;
const FLAG_ORDER = 0x80;
const BASE_HEADER_OCTETS = 24;
const ADDRESS_OCTETS = 6;
const QOS_OCTETS = 2;
const HT_CONTROL_OCTETS = 4;
const QOS_AMSDU = 0x80;

/** IEEE 802.11 data frames (clause 9.3.2): frame control, duration, three or four addresses, QoS and HT control; then LLC. */
export function ieee80211(w: WalkState): number {
  w.etherType = 0;
  if (w.room() < 2) return -Ignored.TruncatedLinkHeader;
  const control = w.octets[w.position];
  const flags = w.octets[w.position + 1];
  const subtype = control >>> 4;
  if (control & VERSION_MASK || ((control >>> 2) & 3) !== TYPE_DATA || subtype & SUBTYPE_NO_DATA) return -Ignored.NotIp;
  if (flags & FLAG_PROTECTED) return -Ignored.EncryptedLink;
  let length = BASE_HEADER_OCTETS;
  if ((flags & (FLAG_TO_DS | FLAG_FROM_DS)) === (FLAG_TO_DS | FLAG_FROM_DS)) length += ADDRESS_OCTETS;
  if (subtype & SUBTYPE_QOS) {
    if (w.room() < length + QOS_OCTETS) return -Ignored.TruncatedLinkHeader;
    // An aggregate holds several frames; it is not taken apart.
    if (w.octets[w.position + length] & QOS_AMSDU) return -Ignored.NotIp;
    length += QOS_OCTETS;
    if (flags & FLAG_ORDER) length += HT_CONTROL_OCTETS;
  }
  if (w.paddedHeader) length = (length + 3) & ~3;
  return skip(w, length, Layer.Llc);
}

const RADIOTAP_HEADER_OCTETS = 8;
const RADIOTAP_LENGTH = 2;
const RADIOTAP_PRESENT = 4;
const RADIOTAP_TSFT = 1 << 0;
const RADIOTAP_FLAGS = 1 << 1;
const RADIOTAP_MORE_PRESENT = 0x80000000 | 0;
const RADIOTAP_FLAG_FCS = 0x10;
const RADIOTAP_FLAG_PADDING = 0x20;
const FCS_OCTETS = 4;

/** Radiotap (little endian): version, padding, length, present words, then fields; the flags field tells of an FCS and of padding after the 802.11 header. */
export function radiotap(w: WalkState): number {
  const p = w.position;
  if (w.room() < RADIOTAP_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const length = w.view.getUint16(p + RADIOTAP_LENGTH, true);
  if (w.octets[p] !== 0 || length < RADIOTAP_HEADER_OCTETS) return -Ignored.NotIp;
  if (w.room() < length) return -Ignored.TruncatedLinkHeader;
  const present = w.view.getInt32(p + RADIOTAP_PRESENT, true);
  if (present & RADIOTAP_FLAGS) {
    let field = p + RADIOTAP_HEADER_OCTETS;
    let word = present;
    while (word & RADIOTAP_MORE_PRESENT && field + 4 <= p + length) {
      word = w.view.getInt32(field, true);
      field += 4;
    }
    if (present & RADIOTAP_TSFT) field = p + ((field - p + 7) & ~7) + 8;
    if (field < p + length) {
      const flags = w.octets[field];
      if (flags & RADIOTAP_FLAG_FCS) w.endAt(w.wireEnd - FCS_OCTETS);
      if (flags & RADIOTAP_FLAG_PADDING) w.paddedHeader = true;
    }
  }
  w.position = p + length;
  return Layer.Ieee80211;
}
