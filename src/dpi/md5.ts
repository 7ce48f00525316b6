/** MD5 (RFC 1321) of short octets over typed arrays, for fingerprints that are defined by it; see sha256.ts. */

const BLOCK = 64;

/** Shifts of the rounds, four each. */
const SHIFTS = Uint8Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);
const SINES = Int32Array.from({ length: 64 }, (_, n) => Math.floor(Math.abs(Math.sin(n + 1)) * 2 ** 32));

const state = new Int32Array(4);
const words = new Int32Array(16);
const block = new Uint8Array(BLOCK);

/** Writes the digest of the octets to `into` from `at` on. */
export function md5(octets: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  let p = from;
  for (; p + BLOCK <= to; p += BLOCK) compress(octets, p);
  const rest = to - p;
  for (let n = 0; n < rest; n++) block[n] = octets[p + n];
  for (let n = rest; n < BLOCK; n++) block[n] = 0;
  block[rest] = 0x80;
  if (rest >= BLOCK - 8) {
    compress(block, 0);
    for (let n = 0; n < BLOCK; n++) block[n] = 0;
  }
  const bits = (to - from) * 8;
  for (let n = 0; n < 4; n++) block[56 + n] = bits >>> (8 * n);
  compress(block, 0);
  for (let n = 0; n < 16; n++) into[at + n] = state[n >>> 2] >>> (8 * (n & 3));
}

function compress(octets: Uint8Array, from: number): void {
  for (let t = 0, p = from; t < 16; t++, p += 4) {
    words[t] = octets[p] | (octets[p + 1] << 8) | (octets[p + 2] << 16) | (octets[p + 3] << 24);
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let t = 0; t < 64; t++) {
    let mixed: number;
    let word: number;
    if (t < 16) {
      mixed = (b & c) | (~b & d);
      word = t;
    } else if (t < 32) {
      mixed = (d & b) | (~d & c);
      word = (5 * t + 1) & 15;
    } else if (t < 48) {
      mixed = b ^ c ^ d;
      word = (3 * t + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * t) & 15;
    }
    const sum = (a + mixed + SINES[t] + words[word]) | 0;
    const shift = SHIFTS[((t >>> 4) << 2) | (t & 3)];
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}
