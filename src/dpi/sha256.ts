/**
 * SHA-256 (FIPS 180-4 §6.2) and HMAC (RFC 2104) of short octets over typed arrays. What node:crypto costs for them is the
 * call and its objects: several times as much as the work, and garbage. Of use for fingerprints and for keys that everybody
 * can compute, not for secrets.
 */

const enum Size {
  Block = 64,
  Digest = 32,
  /** Octets of a message that HMAC takes. */
  Message = 128,
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
  const bits = (to - from) * 8;
  for (let n = 0; n < 4; n++) block[60 + n] = bits >>> (24 - 8 * n);
  compress(block, 0);
  for (let n = 0; n < Size.Digest; n++) into[at + n] = state[n >>> 2] >>> (24 - 8 * (n & 3));
}

const inner = new Uint8Array(Size.Block + Size.Message);
const outer = new Uint8Array(Size.Block + Size.Digest);

/**
 * Writes the HMAC-SHA-256 of a message of 128 octets at most to `into` from `at` on.
 * @param key 64 octets at most from `keyFrom` to `keyTo`
 */
export function hmacSha256(
  key: Uint8Array,
  keyFrom: number,
  keyTo: number,
  message: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
  at: number,
): void {
  for (let n = 0; n < Size.Block; n++) {
    const octet = keyFrom + n < keyTo ? key[keyFrom + n] : 0;
    inner[n] = octet ^ 0x36;
    outer[n] = octet ^ 0x5c;
  }
  for (let p = from; p < to; p++) inner[Size.Block + p - from] = message[p];
  sha256(inner, 0, Size.Block + to - from, outer, Size.Block);
  sha256(outer, 0, Size.Block + Size.Digest, into, at);
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
