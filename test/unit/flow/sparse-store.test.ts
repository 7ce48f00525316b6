import { describe, expect, it } from 'vitest';

import { SparseStore } from '../../../src/flow/sparse-store.js';

const source = Int32Array.from({ length: 40 }, (_, i) => i - 20);

describe('SparseStore', () => {
  it('gives back what was written, each flow its own', () => {
    const store = new SparseStore(4, 100);
    store.write(7, source, 2);
    store.write(8, source, 3);
    store.write(99, source, 9);
    const into = new Int32Array(14).fill(77);
    store.read(7, into, 5);
    expect(Array.from(into)).toEqual([77, 77, 77, 77, 77, -12, -11, -10, -9, 77, 77, 77, 77, 77]);
    store.read(99, into, 0);
    expect(Array.from(into.subarray(0, 4))).toEqual([16, 17, 18, 19]);
    store.write(7, source, 0);
    store.read(7, into, 5);
    expect(Array.from(into.subarray(5, 9))).toEqual([-20, -19, -18, -17]);
  });

  it('compares the start of a row', () => {
    const store = new SparseStore(4, 100);
    store.write(7, source, 2);
    expect(store.sameStart(7, source, 2, 4)).toBe(true);
    expect(store.sameStart(7, source, 3, 4)).toBe(false);
    const other = Int32Array.of(-12, -11, -10, 5);
    expect(store.sameStart(7, other, 0, 3)).toBe(true);
    expect(store.sameStart(7, other, 0, 4)).toBe(false);
  });

  it('has nothing to compare before the first row is written', () => {
    expect(new SparseStore(4, 100).sameStart(7, source, 2, 4)).toBe(false);
  });
});
