/** Octets of the UTF-8 character at `at` (RFC 3629 §4); 0 when it is none. */
export function utf8Length(source: Uint8Array, at: number, to: number): number {
  const first = source[at];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > to) return 0;
  const second = source[at + 1];
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  for (let n = 1; n < length; n++) if ((source[at + n] & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * Writes octets as well-formed UTF-8 of at most `limit - at` octets, which IPFIX demands of strings (RFC 7011 §6.1.6): what is
 * no UTF-8 becomes `\xHH`. No character is written in part. Answers where the text ends.
 */
export function writeUtf8(
  octets: Uint8Array,
  at: number,
  limit: number,
  source: Uint8Array,
  from: number,
  to: number,
): number {
  let p = at;
  for (let q = from; q < to;) {
    const octet = source[q];
    if (octet < 0x80) {
      if (p >= limit) return p;
      octets[p++] = octet;
      q++;
      continue;
    }
    const length = utf8Length(source, q, to);
    if (p + (length === 0 ? ESCAPE_OCTETS : length) > limit) return p;
    if (length === 0) {
      octets[p] = BACKSLASH;
      octets[p + 1] = LETTER_X;
      octets[p + 2] = HEX[octet >>> 4];
      octets[p + 3] = HEX[octet & 15];
      p += ESCAPE_OCTETS;
      q++;
    } else {
      for (let n = 0; n < length; n++) octets[p++] = source[q++];
    }
  }
  return p;
}

/** Octets that `writeUtf8` needs for the whole. */
export function utf8Octets(source: Uint8Array, from: number, to: number): number {
  let octets = 0;
  for (let q = from; q < to;) {
    const length = source[q] < 0x80 ? 1 : utf8Length(source, q, to);
    octets += length === 0 ? ESCAPE_OCTETS : length;
    q += length === 0 ? 1 : length;
  }
  return octets;
}

const ESCAPE_OCTETS = 4;
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;
const HEX = Uint8Array.from(Buffer.from('0123456789abcdef'));
