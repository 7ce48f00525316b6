/** NetBIOS names as they stand in packets: 32 letters from A to P, two for each of 15 characters and a suffix (RFC 1001 §14.1). */

const LETTERS = 32;
const LABEL_OCTETS = LETTERS;

/** The name that was read last, without the spaces at its end, and its suffix, which says what has the name. */
export const name = new Uint8Array(16);
export let nameLength = 0;
export let suffix = 0;

/** Where a name that begins at `from` ends, its scope included; -1 when it is none, -2 when it is cut. */
export function skipNetBiosName(octets: Uint8Array, from: number, to: number): number {
  if (from >= to) return -2;
  if (octets[from] !== LABEL_OCTETS) return -1;
  const end = from + 1 + LETTERS;
  for (let p = from + 1; p < end; p++) {
    if (p >= to) return -2;
    if (octets[p] < 0x41 || octets[p] > 0x50) return -1;
  }
  let p = end;
  for (let n = 0; n < 16; n++) {
    if (p >= to) return -2;
    if (octets[p] === 0) return p + 1;
    if (octets[p] > 63) return -1;
    p += 1 + octets[p];
  }
  return -1;
}

/** Whether most of what should be letters are letters: in damaged packets. */
export function resemblesNetBiosName(octets: Uint8Array, from: number, to: number): boolean {
  if (from + 1 + LETTERS > to) return false;
  let good = 0;
  for (let p = from + 1; p <= from + LETTERS; p++) if (octets[p] >= 0x41 && octets[p] <= 0x50) good++;
  return good >= LETTERS - 8;
}

/** Reads the name at `from`, which `skipNetBiosName` has accepted. */
export function readNetBiosName(octets: Uint8Array, from: number): void {
  for (let n = 0; n < 16; n++) name[n] = ((octets[from + 1 + 2 * n] - 0x41) << 4) | (octets[from + 2 + 2 * n] - 0x41);
  suffix = name[15];
  nameLength = 15;
  while (nameLength > 0 && (name[nameLength - 1] === 0x20 || name[nameLength - 1] === 0)) nameLength--;
}
