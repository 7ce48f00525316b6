/** Reading octets least significant first: callers have looked at the end before. */

export function u16le(octets: Uint8Array, at: number): number {
  return octets[at] | (octets[at + 1] << 8);
}

export function u32le(octets: Uint8Array, at: number): number {
  return (octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24)) >>> 0;
}

/** Whether octets up to `to` are all zero. */
export function isZero(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (octets[p] !== 0) return false;
  return true;
}
