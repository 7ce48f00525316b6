/**
 * Values as text (RFC 7373), written as octets straight into a buffer that has the room. Each function answers where the
 * text ends.
 */

const enum Character {
  Zero = 0x30,
  LowerA = 0x61,
  LetterCase = 0x20,
  Plus = 0x2b,
  Dot = 0x2e,
  Colon = 0x3a,
  Dash = 0x2d,
  T = 0x54,
  Z = 0x5a,
}

/** Digits that one part of a large number has; more do not fit a 32-bit integer. */
const PART_DIGITS = 9;
const PART = 1_000_000_000;

/** The digits of 0 to 99, two octets each. */
const PAIRS = new Uint8Array(200);
for (let n = 0; n < 100; n++) {
  PAIRS[2 * n] = Character.Zero + ((n / 10) | 0);
  PAIRS[2 * n + 1] = Character.Zero + (n % 10);
}

/** A whole number from 0 to 2^53 in decimal digits. */
export function writeDecimal(octets: Uint8Array, at: number, value: number): number {
  if (value >= PART) {
    const upper = Math.floor(value / PART);
    return writePadded(octets, writeDecimal(octets, at, upper), value - upper * PART, PART_DIGITS);
  }
  const whole = value | 0;
  if (whole < 10) {
    octets[at] = Character.Zero + whole;
    return at + 1;
  }
  return writePadded(octets, at, whole, digitsOf(whole));
}

/** How many digits a number from 10 to 10^9 - 1 has. */
function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? 2 : value < 1_000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
}

/** A whole number below 10^9 in `digits` digits, with zeros in front. */
export function writePadded(octets: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0;
  let p = at + digits - 2;
  for (; p >= at; p -= 2) {
    const hundredth = (rest / 100) | 0;
    const pair = 2 * (rest - 100 * hundredth);
    octets[p] = PAIRS[pair];
    octets[p + 1] = PAIRS[pair + 1];
    rest = hundredth;
  }
  if (p === at - 1) octets[at] = PAIRS[2 * rest + 1];
  return at + digits;
}

const HEX_DIGITS = new Uint8Array(16);
for (let n = 0; n < 16; n++) HEX_DIGITS[n] = n < 10 ? Character.Zero + n : Character.LowerA - 10 + n;

/** The lowest `digits` hexadecimal digits of a word. */
export function writeHex(octets: Uint8Array, at: number, word: number, digits: number): number {
  let rest = word;
  for (let p = at + digits - 1; p >= at; p--) {
    octets[p] = HEX_DIGITS[rest & 15];
    rest >>>= 4;
  }
  return at + digits;
}

export function writeIpv4(octets: Uint8Array, at: number, address: number): number {
  let p = at;
  for (let shift = 24; shift > 0; shift -= 8) {
    p = writeDecimal(octets, p, (address >>> shift) & 0xff);
    octets[p++] = Character.Dot;
  }
  return writeDecimal(octets, p, address & 0xff);
}

const GROUPS = 8;
const groups = new Int32Array(GROUPS);

/** The address in four words from `words[w]` on, as RFC 5952 §4 writes it; IPv4-mapped ones in mixed notation (§5). */
export function writeIpv6(octets: Uint8Array, at: number, words: Int32Array, w: number): number {
  if (words[w] === 0 && words[w + 1] === 0 && words[w + 2] === 0xffff) {
    let p = at;
    octets[p++] = Character.Colon;
    octets[p++] = Character.Colon;
    p = writeHex(octets, p, 0xffff, 4);
    octets[p++] = Character.Colon;
    return writeIpv4(octets, p, words[w + 3]);
  }
  for (let n = 0; n < GROUPS; n++) groups[n] = (words[w + (n >> 1)] >>> (n & 1 ? 0 : 16)) & 0xffff;
  // The longest run of zero groups, the first of equals; a single group is not shortened.
  let run = -1;
  let runLength = 1;
  for (let n = 0; n < GROUPS;) {
    const start = n;
    while (n < GROUPS && groups[n] === 0) n++;
    if (n - start > runLength) {
      run = start;
      runLength = n - start;
    }
    n++;
  }
  let p = at;
  for (let n = 0; n < GROUPS;) {
    if (n === run) {
      octets[p++] = Character.Colon;
      octets[p++] = Character.Colon;
      n += runLength;
      continue;
    }
    if (n > 0 && n !== run + runLength) octets[p++] = Character.Colon;
    const group = groups[n++];
    p = writeHex(octets, p, group, group < 0x10 ? 1 : group < 0x100 ? 2 : group < 0x1000 ? 3 : 4);
  }
  return p;
}

/** Six octets of which the first two are the lower half of `high`. */
export function writeMac(octets: Uint8Array, at: number, high: number, low: number): number {
  let p = writeHex(octets, at, high >>> 8, 2);
  octets[p++] = Character.Colon;
  p = writeHex(octets, p, high, 2);
  for (let shift = 24; shift >= 0; shift -= 8) {
    octets[p++] = Character.Colon;
    p = writeHex(octets, p, low >>> shift, 2);
  }
  return p;
}

/** The same in capital letters, with dashes. */
export function writeDashedMac(octets: Uint8Array, at: number, high: number, low: number): number {
  const end = writeMac(octets, at, high, low);
  for (let p = at; p < end; p++) {
    if (octets[p] === Character.Colon) octets[p] = Character.Dash;
    else if (octets[p] >= Character.LowerA) octets[p] -= Character.LetterCase;
  }
  return end;
}

const SECONDS_PER_DAY = 86_400;
/** The last second of the year 9999; later ones have no four-digit year. */
const LAST_CALENDAR_SECOND = 253_402_300_799;
const DATE_CHARACTERS = 10;

let cachedDay = -1;
const cachedDate = new Uint8Array(DATE_CHARACTERS);

/** Makes `cachedDate` (`YYYY-MM-DD`) that of a day, counted from 1970-01-01. */
function cacheDate(day: number): void {
  const text = new Date(day * SECONDS_PER_DAY * 1000).toISOString();
  for (let n = 0; n < DATE_CHARACTERS; n++) cachedDate[n] = text.charCodeAt(n);
  cachedDay = day;
}

/**
 * Date and time in UTC, `2026-01-02T03:04:05.678Z`, with 3, 6 or 9 decimals, cut off. Seconds past the year 9999 are
 * written as the plain number of seconds.
 * @param us microseconds since 1970
 * @param ns nanoseconds beyond
 */
export function writeTime(octets: Uint8Array, at: number, us: number, ns: number, decimals: number): number {
  let seconds = Math.floor(us / 1_000_000);
  // The quotient of a large number may have been rounded up to the next whole one.
  if (seconds * 1_000_000 > us) seconds -= 1;
  const fraction = us - seconds * 1_000_000;
  let p = at;
  if (seconds > LAST_CALENDAR_SECOND) {
    p = writeDecimal(octets, p, seconds);
    return writeFraction(octets, p, fraction, ns, decimals);
  }
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  if (day !== cachedDay) cacheDate(day);
  for (let n = 0; n < DATE_CHARACTERS; n++) octets[p++] = cachedDate[n];
  const second = (seconds - day * SECONDS_PER_DAY) | 0;
  const minute = (second / 60) | 0;
  const hour = (minute / 60) | 0;
  octets[p++] = Character.T;
  p = writePadded(octets, p, hour, 2);
  octets[p++] = Character.Colon;
  p = writePadded(octets, p, minute - 60 * hour, 2);
  octets[p++] = Character.Colon;
  p = writePadded(octets, p, second - 60 * minute, 2);
  p = writeFraction(octets, p, fraction, ns, decimals);
  octets[p++] = Character.Z;
  return p;
}

/** The same with six decimals and the offset `+0000` in place of `Z`. */
export function writeOffsetTime(octets: Uint8Array, at: number, us: number, ns: number): number {
  let p = writeTime(octets, at, us, ns, 6);
  if (octets[p - 1] !== Character.Z) return p;
  octets[p - 1] = Character.Plus;
  for (let n = 0; n < 4; n++) octets[p++] = Character.Zero;
  return p;
}

function writeFraction(octets: Uint8Array, at: number, us: number, ns: number, decimals: number): number {
  octets[at] = Character.Dot;
  if (decimals === 3) return writePadded(octets, at + 1, us / 1000, 3);
  const p = writePadded(octets, at + 1, us, 6);
  return decimals === 6 ? p : writePadded(octets, p, ns, 3);
}
