const counts = new Int32Array(256);

/** Bits of an octet in the unit of payloadEntropy: 8 bits are 256, which one octet does not hold. */
const UNITS_A_BIT = 32;
const MOST = 255;
/** Above the error of the sum, far below what makes a difference. */
const ROUNDING = 1e-9;

/**
 * Shannon entropy of the octets as payloadEntropy (CERT 35) has it: bits for each octet times 32, cut to a whole number, 255
 * at most; 0 for fewer than two octets.
 */
export function payloadEntropy(octets: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 2) return 0;
  counts.fill(0);
  for (let p = from; p < to; p++) counts[octets[p]]++;
  let sum = 0;
  for (let n = 0; n < counts.length; n++) if (counts[n] > 1) sum += counts[n] * Math.log2(counts[n]);
  const units = Math.floor((Math.log2(length) - sum / length) * UNITS_A_BIT + ROUNDING);
  return units > MOST ? MOST : units;
}
