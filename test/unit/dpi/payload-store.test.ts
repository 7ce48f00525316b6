import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LARGEST_BLOCK, PayloadStore } from '../../../src/dpi/payload-store.js';

const CAPACITY = 4 * LARGEST_BLOCK;

/** Takes a block of a size, or gives the block back that was taken as the `place`-th. */
const steps = fc.array(
  fc.oneof(
    fc.record({ size: fc.integer({ min: 1, max: LARGEST_BLOCK }) }),
    fc.record({ size: fc.integer({ min: 1, max: 1_024 }) }),
    fc.record({ place: fc.nat(100) }),
  ),
  { maxLength: 200 },
);

describe('the payload store', () => {
  it('gives out blocks that do not overlap, and gets all of them back', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const store = new PayloadStore(CAPACITY);
        const owner = new Int32Array(CAPACITY / 128).fill(-1);
        const taken: { at: number; size: number; id: number }[] = [];
        const release = (n: number): void => {
          const [{ at, size, id }] = taken.splice(n, 1);
          const units = owner.subarray(at / 128, at / 128 + Math.ceil(size / 128));
          expect(units.every((each) => each === id)).toBe(true);
          units.fill(-1);
          store.give(at, size);
        };
        list.forEach((step, id) => {
          if ('place' in step) {
            if (taken.length > 0) release(step.place % taken.length);
            return;
          }
          const at = store.take(step.size);
          if (at < 0) return;
          expect(at % 128).toBe(0);
          expect(at + step.size).toBeLessThanOrEqual(CAPACITY);
          const units = owner.subarray(at / 128, at / 128 + Math.ceil(step.size / 128));
          expect(units.every((each) => each === -1)).toBe(true);
          units.fill(id);
          // What stands in free blocks must not matter.
          store.octets.fill(0xff, at, at + step.size);
          taken.push({ at, size: step.size, id });
        });
        while (taken.length > 0) release(0);
        expect(store.used).toBe(0);
        // Joined again to the largest blocks.
        for (let n = 0; n < CAPACITY / LARGEST_BLOCK; n++) expect(store.take(LARGEST_BLOCK)).toBeGreaterThanOrEqual(0);
        expect(store.take(1)).toBe(-1);
      }),
    );
  });

  it('refuses what is larger than its largest block, and counts it', () => {
    const store = new PayloadStore(CAPACITY);
    expect(store.take(LARGEST_BLOCK + 1)).toBe(-1);
    expect(store.refused).toBe(1);
  });
});
