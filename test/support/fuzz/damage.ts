import type { Random } from '../random.js';

/** Octets of a message at most: what a packet of IPv4 over TCP takes. */
export const LONGEST_MESSAGE = 65_535 - 40;
/** Octets of random data that damage is copied from. */
export const POOL_OCTETS = 64 * 1024;
/** Values that lengths, types, counts and texts are tried with. */
const EXTREMES = Uint8Array.of(0, 1, 0x7f, 0x80, 0xc0, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x30, 0x39, 0x3a);
const WORDS = Uint32Array.of(0, 1, 4, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);
/** Octets that damage of every octet reaches, and that are taken from another message. */
const REACH = 256;
const KINDS = 26;

/**
 * Damages the message of `length` octets from `at` on, behind which there is room for the longest, in one way or not at all.
 * @param pool where random octets lie
 * @param other where another message lies, of `otherLength` octets
 * @returns its new length
 */
export function damage(
  octets: Uint8Array,
  at: number,
  length: number,
  random: Random,
  pool: number,
  other: number,
  otherLength: number,
): number {
  const p = at + random.below(length + 1);
  const rest = at + length - p;
  switch (random.below(KINDS)) {
    case 0: {
      return p - at;
    }
    case 1: {
      // A random tail behind a good start.
      const taken = Math.min(rest, 1_024);
      const from = pool + random.below(POOL_OCTETS - taken);
      octets.copyWithin(p, from, from + taken);
      return p - at + taken;
    }
    case 2: {
      for (let n = p, end = Math.min(p + REACH, at + length); n < end; n += 1 + random.below(6)) {
        octets[n] = random.below(256);
      }
      return length;
    }
    case 3:
    case 4:
    case 5:
    case 6: {
      if (length === 0) return 0;
      // Most of what decides stands at the start.
      for (let n = 1 + random.below(6); n > 0; n--) {
        const place = at + random.below(random.below(2) === 0 ? Math.min(length, 64) : length);
        octets[place] = random.below(2) === 0 ? EXTREMES[random.below(EXTREMES.length)] : random.below(256);
      }
      return length;
    }
    case 7: {
      const more = 1 + random.below(16);
      if (length + more > LONGEST_MESSAGE) return length;
      octets.copyWithin(at + more, at, at + length);
      for (let n = 0; n < more; n++) octets[at + n] = random.below(256);
      return length + more;
    }
    case 8: {
      // A piece over and over.
      let grown = length;
      const piece = random.below(Math.min(rest, REACH) + 1);
      if (piece === 0) return length;
      for (let n = 1 + random.below(random.below(8) === 0 ? 256 : 8); n > 0 && grown + piece <= LONGEST_MESSAGE; n--) {
        octets.copyWithin(at + grown, p, p + piece);
        grown += piece;
      }
      return grown;
    }
    case 9: {
      // What another message goes on with.
      const from = random.below(otherLength + 1);
      const taken = Math.min(otherLength - from, LONGEST_MESSAGE - (p - at));
      octets.copyWithin(p, other + from, other + from + taken);
      return p - at + taken;
    }
    case 10: {
      const gone = random.below(Math.min(rest, REACH) + 1);
      octets.copyWithin(p, p + gone, at + length);
      return length - gone;
    }
    case 11:
    case 12: {
      // A number of two or four octets, in either order.
      if (length < 4) return length;
      const place = at + random.below(Math.min(length, REACH) - 3);
      let value = random.below(3) === 0 ? random.below(length + 8) : WORDS[random.below(WORDS.length)];
      const width = random.below(2) === 0 ? 2 : 4;
      const isBig = random.below(2) === 0;
      for (let n = 0; n < width; n++, value >>>= 8) octets[isBig ? place + width - 1 - n : place + n] = value;
      return length;
    }
    default:
      return length;
  }
}
