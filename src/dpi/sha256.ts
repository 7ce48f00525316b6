/**
 * SHA-256 (FIPS 180-4 §6.2) and HMAC (RFC 2104) of short octets over typed arrays. What node:crypto costs for them is the
 * call and its objects: several times as much as the work, and garbage. Of use for fingerprints and for keys that everybody
 * can compute, not for secrets.
 */

const enum Size {
  Block = 64,
  Digest = 32,
}

/** The first 32 bits of the fractions of the roots of the first primes. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count);
  for (let n = 0, candidate = 2; n < count; candidate++) {
    let isPrime = true;
    for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) isPrime = false;
    if (isPrime) words[n++] = Math.floor((root(candidate) % 1) * 2 ** 32);
  }
  return words;
}

const INITIAL = fractions(8, Math.sqrt);
const ROUNDS = fractions(64, Math.cbrt);

const schedule = new Int32Array(64);
const state = new Int32Array(8);
const block = new Uint8Array(Size.Block);

/** Writes the digest of the octets to `into` from `at` on. */
export function sha256(octets: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
  for (let n = 0; n < 8; n++) state[n] = INITIAL[n];
  finish(octets, from, to, 0, into, at);
}

/** Words of a key that HMAC was prepared for: the states behind its inner and its outer block. */
export const HMAC_WORDS = 16;

/** Prepares HMAC for a key of 64 octets at most from `from` to `to`: writes `HMAC_WORDS` words from `at` on. */
export function prepareHmac(key: Uint8Array, from: number, to: number, prepared: Int32Array, at: number): void {
  for (let side = 0; side < 2; side++) {
    for (let n = 0; n < Size.Block; n++) block[n] = (from + n < to ? key[from + n] : 0) ^ (side === 0 ? 0x36 : 0x5c);
    for (let n = 0; n < 8; n++) state[n] = INITIAL[n];
    compress(block, 0);
    for (let n = 0; n < 8; n++) prepared[at + 8 * side + n] = state[n];
  }
}

const innerDigest = new Uint8Array(Size.Digest);

/** Writes the HMAC-SHA-256 of the octets to `into` from `at` on; `key` is where that of the key begins in `prepared`. */
export function hmacSha256(
  prepared: Int32Array,
  key: number,
  octets: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
  at: number,
): void {
  for (let n = 0; n < 8; n++) state[n] = prepared[key + n];
  finish(octets, from, to, Size.Block, innerDigest, 0);
  for (let n = 0; n < 8; n++) state[n] = prepared[key + 8 + n];
  finish(innerDigest, 0, Size.Digest, Size.Block, into, at);
}

/** Takes the octets into the state, which has taken `before` ones, and writes the digest. */
function finish(octets: Uint8Array, from: number, to: number, before: number, into: Uint8Array, at: number): void {
  let p = from;
  for (; p + Size.Block <= to; p += Size.Block) compress(octets, p);
  const rest = to - p;
  for (let n = 0; n < rest; n++) block[n] = octets[p + n];
  for (let n = rest; n < Size.Block; n++) block[n] = 0;
  block[rest] = 0x80;
  if (rest >= Size.Block - 8) {
    compress(block, 0);
    for (let n = 0; n < Size.Block; n++) block[n] = 0;
  }
  const bits = (before + to - from) * 8;
  for (let n = 0; n < 4; n++) block[60 + n] = bits >>> (24 - 8 * n);
  compress(block, 0);
  for (let n = 0; n < Size.Digest; n++) into[at + n] = state[n >>> 2] >>> (24 - 8 * (n & 3));
}

function compress(octets: Uint8Array, from: number): void {
  const w = schedule;
  for (let t = 0, p = from; t < 16; t++, p += 4) {
    w[t] = (octets[p] << 24) | (octets[p + 1] << 16) | (octets[p + 2] << 8) | octets[p + 3];
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
