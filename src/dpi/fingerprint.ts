import { DigestCache } from './digest-cache.js';
import { ascii } from './octets.js';

/** Fingerprints of a TLS ClientHello: the text that JA3 hashes, and JA4 (FoxIO's technical details of 2023). */

export const COMMA = 0x2c;
export const DASH = 0x2d;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const HEX = ascii('0123456789abcdef');
const SERVER_NAME = 0;
const ALPN = 16;
const LONGEST_TEXT = 8_192;

/** Versions, and how JA4 calls them. */
const VERSIONS = Uint16Array.of(0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x0002, 0xfefc, 0xfefd, 0xfeff);
const VERSION_NAMES = ascii('13121110s3s2d3d2d1');

// Room for one fingerprint, used again.
const text = new Uint8Array(LONGEST_TEXT);
const digests = new DigestCache(text);
const ja4 = new Uint8Array(36);
let at = 0;

export function startText(): void {
  at = 0;
}

/** MD5 of what was put since `startText`; the same array each time. */
export function md5OfText(): Uint8Array {
  return digests.digest('md5', at);
}

/**
 * JA4 of what a ClientHello says; sorts `ciphers` and `extensions`. Answers the same array each time.
 * @param carrier its first letter
 * @param alpnFrom where the first protocol offered lies in `octets`
 */
export function writeJa4(
  carrier: number,
  version: number,
  hasSni: boolean,
  ciphers: Uint16Array,
  cipherCount: number,
  extensions: Uint16Array,
  extensionCount: number,
  algorithms: Uint16Array,
  algorithmCount: number,
  octets: Uint8Array,
  alpnFrom: number,
  alpnTo: number,
): Uint8Array {
  ja4[0] = carrier;
  writeJa4Version(version);
  ja4[3] = hasSni ? 0x64 : 0x69;
  twoDigits(4, cipherCount);
  twoDigits(6, extensionCount);
  writeJa4Alpn(octets, alpnFrom, alpnTo);
  ja4[10] = UNDERSCORE;
  sort(ciphers, cipherCount);
  at = 0;
  hexList(ciphers, cipherCount, false);
  shortHash(11);
  ja4[23] = UNDERSCORE;
  sort(extensions, extensionCount);
  at = 0;
  hexList(extensions, extensionCount, true);
  if (algorithmCount > 0) {
    put(UNDERSCORE);
    hexList(algorithms, algorithmCount, false);
  }
  shortHash(24);
  return ja4;
}

function writeJa4Version(version: number): void {
  ja4[1] = ZERO;
  ja4[2] = ZERO;
  for (let n = 0; n < VERSIONS.length; n++) {
    if (VERSIONS[n] !== version) continue;
    ja4[1] = VERSION_NAMES[2 * n];
    ja4[2] = VERSION_NAMES[2 * n + 1];
  }
}

/** First and last character of the first ALPN value; in hexadecimal when they are no letters or digits. */
function writeJa4Alpn(octets: Uint8Array, from: number, to: number): void {
  ja4[8] = ZERO;
  ja4[9] = ZERO;
  if (to <= from) return;
  const first = octets[from];
  const last = octets[to - 1];
  const plain = isAlphanumeric(first) && isAlphanumeric(last);
  ja4[8] = plain ? first : HEX[first >>> 4];
  ja4[9] = plain ? last : HEX[last & 15];
}

function isAlphanumeric(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a);
}

function twoDigits(place: number, value: number): void {
  const shown = Math.min(99, value);
  ja4[place] = ZERO + Math.floor(shown / 10);
  ja4[place + 1] = ZERO + (shown % 10);
}

/** The first twelve hexadecimal digits of the SHA-256 of `text`; zeros for no text. */
function shortHash(place: number): void {
  if (at === 0) {
    for (let n = 0; n < 12; n++) ja4[place + n] = ZERO;
    return;
  }
  const hash = digests.digest('sha256', at);
  for (let n = 0; n < 6; n++) {
    ja4[place + 2 * n] = HEX[hash[n] >>> 4];
    ja4[place + 2 * n + 1] = HEX[hash[n] & 15];
  }
}

function sort(list: Uint16Array, count: number): void {
  for (let n = 1; n < count; n++) {
    const value = list[n];
    let m = n;
    for (; m > 0 && list[m - 1] > value; m--) list[m] = list[m - 1];
    list[m] = value;
  }
}

/** @param isFiltered server name and ALPN are left out */
function hexList(list: Uint16Array, count: number, isFiltered: boolean): void {
  for (let n = 0, written = 0; n < count; n++) {
    const value = list[n];
    if (isFiltered && (value === SERVER_NAME || value === ALPN)) continue;
    if (written++ > 0) put(COMMA);
    for (let shift = 12; shift >= 0; shift -= 4) put(HEX[(value >>> shift) & 15]);
  }
}

export function decimals(list: Uint16Array, count: number): void {
  for (let n = 0; n < count; n++) {
    if (n > 0) put(DASH);
    decimalOf(list[n]);
  }
}

/** Writes a number of 16 bits. */
export function decimalOf(value: number): void {
  let power = value >= 10_000 ? 10_000 : value >= 1_000 ? 1_000 : value >= 100 ? 100 : value >= 10 ? 10 : 1;
  for (let rest = value; power >= 1; power = (power / 10) | 0) {
    const digit = (rest / power) | 0;
    put(ZERO + digit);
    rest -= digit * power;
  }
}

export function put(octet: number): void {
  if (at < text.length) text[at++] = octet;
}
