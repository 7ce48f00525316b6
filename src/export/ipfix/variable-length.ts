/** Lengths up to this are sent in one octet; 255 announces two more (RFC 7011 §7). */
const LONGEST_SHORT = 254;
const LONG_MARK = 255;

/** The longest content of a variable-length field that its length octets can tell. */
export const MAX_VARIABLE_LENGTH = 65_535;

/** Octets that the length of a content of `length` octets takes in front of it. */
export function variableLengthOctets(length: number): 1 | 3 {
  return length <= LONGEST_SHORT ? 1 : 3;
}

/**
 * Writes the length of a variable-length field whose content follows.
 * @param length at most `MAX_VARIABLE_LENGTH`
 * @returns where the content begins
 */
export function writeVariableLength(octets: Uint8Array, at: number, length: number): number {
  if (length <= LONGEST_SHORT) {
    octets[at] = length;
    return at + 1;
  }
  octets[at] = LONG_MARK;
  octets[at + 1] = length >>> 8;
  octets[at + 2] = length;
  return at + 3;
}
