/**
 * AES-128 (FIPS 197), encryption of single blocks over typed arrays, for QUIC Initial packets, whose keys everybody can
 * compute. Its time depends on the octets: of no use for secrets.
 */

const ROUNDS = 10;
const SBOX = new Uint8Array(256);
/** SubBytes and MixColumns of an octet, for each of its rows. */
const TABLE = new Int32Array(4 * 256);
const CONSTANTS = new Int32Array(ROUNDS);

makeTables();

function double(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff;
}

function makeTables(): void {
  // Powers of the generator 3 and of its inverse go through all pairs of inverses.
  for (let n = 0, p = 1, q = 1; n < 255; n++) {
    SBOX[p] = q ^ turn(q, 1) ^ turn(q, 2) ^ turn(q, 3) ^ turn(q, 4) ^ 0x63;
    p ^= double(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
  }
  SBOX[0] = 0x63;
  for (let n = 0; n < 256; n++) {
    const s = SBOX[n];
    const word = (double(s) << 24) | (s << 16) | (s << 8) | (double(s) ^ s);
    for (let row = 0; row < 4; row++)
      TABLE[256 * row + n] = row === 0 ? word : (word >>> (8 * row)) | (word << (32 - 8 * row));
  }
  for (let n = 0, value = 1; n < ROUNDS; n++, value = double(value)) CONSTANTS[n] = value << 24;
}

function turn(octet: number, bits: number): number {
  return ((octet << bits) | (octet >>> (8 - bits))) & 0xff;
}

/** Words of an expanded key. */
export const KEY_WORDS = 44;

/** Expands the 16 octets of a key at `from` into `KEY_WORDS` words of `keys` from `at` on. */
export function expandKey(octets: Uint8Array, from: number, keys: Int32Array, at: number): void {
  for (let n = 0, p = from; n < 4; n++, p += 4) {
    keys[at + n] = (octets[p] << 24) | (octets[p + 1] << 16) | (octets[p + 2] << 8) | octets[p + 3];
  }
  for (let n = 4; n < KEY_WORDS; n++) {
    let word = keys[at + n - 1];
    if ((n & 3) === 0) {
      word =
        (SBOX[(word >>> 16) & 255] << 24) |
        (SBOX[(word >>> 8) & 255] << 16) |
        (SBOX[word & 255] << 8) |
        SBOX[word >>> 24];
      word ^= CONSTANTS[(n >>> 2) - 1];
    }
    keys[at + n] = keys[at + n - 4] ^ word;
  }
}

/** Encrypts the four words of `block` in place, with the expanded key from word `at` of `keys` on. */
export function encryptBlock(keys: Int32Array, at: number, block: Int32Array): void {
  let a = block[0] ^ keys[at];
  let b = block[1] ^ keys[at + 1];
  let c = block[2] ^ keys[at + 2];
  let d = block[3] ^ keys[at + 3];
  let k = at + 4;
  for (const last = at + 4 * ROUNDS; k < last; k += 4) {
    const e = column(a, b, c, d) ^ keys[k];
    const f = column(b, c, d, a) ^ keys[k + 1];
    const g = column(c, d, a, b) ^ keys[k + 2];
    d = column(d, a, b, c) ^ keys[k + 3];
    a = e;
    b = f;
    c = g;
  }
  block[0] = lastColumn(a, b, c, d) ^ keys[k];
  block[1] = lastColumn(b, c, d, a) ^ keys[k + 1];
  block[2] = lastColumn(c, d, a, b) ^ keys[k + 2];
  block[3] = lastColumn(d, a, b, c) ^ keys[k + 3];
}

function column(a: number, b: number, c: number, d: number): number {
  return TABLE[a >>> 24] ^ TABLE[256 + ((b >>> 16) & 255)] ^ TABLE[512 + ((c >>> 8) & 255)] ^ TABLE[768 + (d & 255)];
}

function lastColumn(a: number, b: number, c: number, d: number): number {
  return (SBOX[a >>> 24] << 24) | (SBOX[(b >>> 16) & 255] << 16) | (SBOX[(c >>> 8) & 255] << 8) | SBOX[d & 255];
}
