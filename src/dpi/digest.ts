import { hash } from 'node:crypto';

/** Hashes for fingerprints and certificates: once a handshake, not once a packet. */
export const DIGEST_OCTETS = { md5: 16, sha1: 20, sha256: 32 } as const;

/** Writes the digest of the octets to `into` from `at` on. */
export function digest(
  algorithm: keyof typeof DIGEST_OCTETS,
  octets: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
  at: number,
): void {
  const result = hash(algorithm, octets.subarray(from, to), 'buffer');
  for (let n = 0; n < result.length; n++) into[at + n] = result[n];
}
