import { hash } from 'node:crypto';

import { md5 } from './md5.js';
import { sha256 } from './sha256.js';

/** Hashes for fingerprints and certificates: once a handshake, not once a packet. */
export const DIGEST_OCTETS = { md5: 16, sha1: 20, sha256: 32 } as const;

/** Shorter octets are hashed here: a call of node:crypto costs more than it saves. */
const SHORT = 1_024;

/** Writes the digest of the octets to `into` from `at` on. */
export function digest(
  algorithm: keyof typeof DIGEST_OCTETS,
  octets: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
  at: number,
): void {
  if (to - from < SHORT && algorithm === 'md5') return md5(octets, from, to, into, at);
  if (to - from < SHORT && algorithm === 'sha256') return sha256(octets, from, to, into, at);
  const result = hash(algorithm, octets.subarray(from, to), 'buffer');
  for (let n = 0; n < result.length; n++) into[at + n] = result[n];
}
