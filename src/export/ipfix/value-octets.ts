import { Item } from '../../dpi/metadata.js';
import { itemEnd, itemType, unsignedOf } from '../../dpi/metadata-items.js';
import { ElementType } from '../../dpi/protocol.js';
import { writeDecimal, writeIpv4, writeIpv6, writeTime } from '../text/text-octets.js';
import { utf8Octets, writeUtf8 } from '../text/utf8.js';

/** Values of metadata as values of Information Elements. */

const HEX = Uint8Array.from(Buffer.from('0123456789abcdef'));
/** Octets of what is no text of its own, as text, at most. */
const LONGEST_SCALAR = 48;
const scalar = new Uint8Array(LONGEST_SCALAR);
const address = new Int32Array(4);

/**
 * Writes an item's value as text, well-formed UTF-8 of at most `limit - at` octets. Octets are hexadecimal. Answers where the
 * text ends.
 */
export function writeItemText(octets: Uint8Array, at: number, limit: number, source: Uint8Array, item: number): number {
  const from = item + Item.HeaderOctets;
  const to = itemEnd(source, item);
  switch (itemType(source, item)) {
    case ElementType.Text:
      return writeUtf8(octets, at, limit, source, from, to);
    case ElementType.Octets: {
      let p = at;
      for (let q = from; q < to && p + 2 <= limit; q++) {
        octets[p++] = HEX[source[q] >>> 4];
        octets[p++] = HEX[source[q] & 15];
      }
      return p;
    }
    default:
      return writeUtf8(octets, at, limit, scalar, 0, writeScalar(source, item, from, to));
  }
}

/** Octets of an item's value as text. */
export function itemTextOctets(source: Uint8Array, item: number): number {
  const from = item + Item.HeaderOctets;
  const to = itemEnd(source, item);
  switch (itemType(source, item)) {
    case ElementType.Text:
      return utf8Octets(source, from, to);
    case ElementType.Octets:
      return 2 * (to - from);
    default:
      return writeScalar(source, item, from, to);
  }
}

function writeScalar(source: Uint8Array, item: number, from: number, to: number): number {
  switch (itemType(source, item)) {
    case ElementType.Unsigned:
    case ElementType.Flag:
      return writeDecimal(scalar, 0, unsignedOf(source, from, to));
    case ElementType.Ipv4:
      return writeIpv4(scalar, 0, word(source, from));
    case ElementType.Ipv6:
      for (let n = 0; n < 4; n++) address[n] = word(source, from + 4 * n);
      return writeIpv6(scalar, 0, address, 0);
    case ElementType.Milliseconds:
      return writeTime(scalar, 0, unsignedOf(source, from, to) * 1_000, 0, 3);
    case ElementType.Seconds:
      return writeCertificateTime(unsignedOf(source, from, to));
    default:
      return 0;
  }
}

const iso = new Uint8Array(LONGEST_SCALAR);
/** Where century, year, month, day, hour, minute and second stand in an ISO 8601 time. */
const DIGIT_PAIRS = [0, 2, 5, 8, 11, 14, 17];
const ZULU = 0x5a;
/** From 2050 on the year has four digits. */
const FIRST_GENERALIZED = Date.UTC(2050, 0) / 1_000;

/** A time as it stands in certificates, which is what elements of type string have (RFC 5280 §4.1.2.5). */
function writeCertificateTime(seconds: number): number {
  writeTime(iso, 0, seconds * 1_000_000, 0, 3);
  let p = 0;
  for (let n = seconds < FIRST_GENERALIZED ? 1 : 0; n < DIGIT_PAIRS.length; n++) {
    scalar[p++] = iso[DIGIT_PAIRS[n]];
    scalar[p++] = iso[DIGIT_PAIRS[n] + 1];
  }
  scalar[p++] = ZULU;
  return p;
}

/** Copies an item's octets, at most `limit - at`. Answers where they end. */
export function writeItemOctets(
  octets: Uint8Array,
  at: number,
  limit: number,
  source: Uint8Array,
  item: number,
): number {
  const from = item + Item.HeaderOctets;
  const end = Math.min(limit, at + itemEnd(source, item) - from);
  for (let p = at; p < end; p++) octets[p] = source[from + p - at];
  return end;
}

/** The number that an item holds; of text the decimal digits that it begins with, 0 without any. */
export function itemValue(source: Uint8Array, item: number): number {
  const from = item + Item.HeaderOctets;
  const to = itemEnd(source, item);
  if (itemType(source, item) !== ElementType.Text) return unsignedOf(source, from, to);
  let value = 0;
  for (let p = from; p < to && source[p] >= 0x30 && source[p] <= 0x39; p++) value = 10 * value + source[p] - 0x30;
  return value;
}

/** What does not fit as many octets. */
const LIMITS = Float64Array.from({ length: 8 }, (_, width) => 2 ** (8 * width));
const MOST_WORD = 0xffff_ffff;

/** Writes a number in `width` octets, the largest that they hold when it is larger. Answers where it ends. */
export function writeWhole(octets: Uint8Array, at: number, width: number, value: number): number {
  let rest = width < 8 && value >= LIMITS[width] ? LIMITS[width] - 1 : value;
  let p = at + width - 1;
  for (; rest > MOST_WORD && p >= at; p--) {
    octets[p] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  for (let word = rest >>> 0; p >= at; p--, word >>>= 8) octets[p] = word;
  return at + width;
}

function word(source: Uint8Array, at: number): number {
  return (source[at] << 24) | (source[at + 1] << 16) | (source[at + 2] << 8) | source[at + 3];
}
