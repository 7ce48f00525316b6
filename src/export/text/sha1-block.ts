/** Words of a message that fills one block when padded: at most 13 and 3 octets. */
export const BLOCK_WORDS = 16;
const SCHEDULE_WORDS = 80;
const SCHEDULE = new Int32Array(SCHEDULE_WORDS);

/**
 * SHA-1 (RFC 3174 §6.1) of a message that is one block, padding included. Several times as fast as node:crypto, whose
 * cost is in the call; of use for identifiers, not for security.
 * @param block 16 words: the message, a one bit, zeros, and its length in bits
 * @param digest takes the five words
 */
export function sha1Block(block: Int32Array, digest: Int32Array): void {
  const w = SCHEDULE;
  for (let t = 0; t < BLOCK_WORDS; t++) w[t] = block[t];
  for (let t = BLOCK_WORDS; t < SCHEDULE_WORDS; t++) {
    const x = w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16];
    w[t] = (x << 1) | (x >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  // A loop for each of the four functions: nothing to choose within.
  for (let t = 0; t < 20; t++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + 0x5a827999 + e + w[t]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + 0x6ed9eba1 + e + w[t]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc + e + w[t]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < SCHEDULE_WORDS; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + 0xca62c1d6 + e + w[t]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = a + 0x67452301;
  digest[1] = b + 0xefcdab89;
  digest[2] = c + 0x98badcfe;
  digest[3] = d + 0x10325476;
  digest[4] = e + 0xc3d2e1f0;
}
