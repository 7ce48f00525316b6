import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DigestCache } from '../../../src/dpi/digest-cache.js';

const request = fc.record({
  algorithm: fc.constantFrom('md5' as const, 'sha256' as const),
  octets: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.uint8Array({ minLength: 1, maxLength: 1_500 }),
    // One octet more or less, and zeros at the end.
    fc.nat(9).map((length) => new Uint8Array(length + 1)),
  ),
});

describe('the cache of digests', () => {
  it('gives those of node:crypto, however often and in which order they are asked for', () => {
    const text = new Uint8Array(2_048);
    const cache = new DigestCache(text);
    fc.assert(
      fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
        for (const { algorithm, octets } of [...requests, ...requests]) {
          text.set(octets);
          const expected = createHash(algorithm).update(octets).digest();
          const made = cache.digest(algorithm, octets.length).subarray(0, expected.length);
          expect(Buffer.from(made)).toEqual(expected);
        }
      }),
    );
  });
});
