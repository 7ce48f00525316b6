import { describe, expect, it } from 'vitest';

import { ClosedFlows } from '../../../src/flow/closed-flows.js';
import { positionBefore } from '../../../src/flow/closing-list.js';
import { Extension, Record } from '../../../src/flow/flow-record.js';
import { type RecordBlock, RecordMerge } from '../../../src/sensor/record-merge.js';

const EXTENSION_WORDS = Extension.Words;

/** Records that ended at these positions; the number of a flow's first packet tells which is which. */
function block(...records: readonly (readonly [position: number, firstNumber: number])[]): RecordBlock {
  const closed = new ClosedFlows(EXTENSION_WORDS, records.length);
  records.forEach(([position, firstNumber], row) => {
    closed.positions[row] = position;
    closed.floats[(row * closed.stride + Record.Words) / 2 + Extension.FirstNumber] = firstNumber;
  });
  return { words: closed.words, positions: closed.positions, metadata: closed.metadata };
}

/** A merge of `workers`, and the first numbers of the records that have come out of it. */
function merging(workers: number): { merge: RecordMerge; out: number[] } {
  const out: number[] = [];
  const merge = new RecordMerge(workers, EXTENSION_WORDS, (closed) => {
    for (let row = 0; row < closed.count; row++) {
      out.push(closed.floats[(row * closed.stride + Record.Words) / 2 + Extension.FirstNumber]);
    }
  });
  return { merge, out };
}

describe('RecordMerge', () => {
  it('orders by the position of the end, then by the first packet', () => {
    const { merge, out } = merging(2);
    merge.add(0, [block([5, 1], [9, 4])], Infinity);
    merge.add(1, [block([3, 2], [9, 3])], Infinity);
    expect(out).toEqual([2, 1, 3, 4]);
  });

  it('goes no further than the slowest worker has come', () => {
    const { merge, out } = merging(3);
    merge.add(0, [block([5, 1], [9, 4])], Infinity);
    merge.add(1, [block([7, 2])], 8);
    expect(out).toEqual([]);
    merge.add(2, [], 6);
    expect(out).toEqual([1]);
    merge.add(2, [block([6.5, 3])], 12);
    expect(out).toEqual([1, 3, 2]);
    merge.add(1, [], Infinity);
    merge.add(2, [], Infinity);
    expect(out).toEqual([1, 3, 2, 4]);
  });

  it('waits for what the clock may end between two slots of packets', () => {
    const { merge, out } = merging(2);
    const next = 100; // the first packet of the next slot, which moves the clock
    merge.add(0, [block([positionBefore(next), 8])], positionBefore(next + 100));
    merge.add(1, [], positionBefore(next));
    expect(out).toEqual([]);
    merge.add(1, [block([positionBefore(next), 7])], positionBefore(next + 100));
    expect(out).toEqual([7, 8]);
  });

  it('orders what is left at the end by the first packet', () => {
    const { merge, out } = merging(2);
    merge.add(0, [block([Infinity, 1], [Infinity, 4])], Infinity);
    expect(out).toEqual([]);
    merge.add(1, [block([Infinity, 2]), block([Infinity, 3])], Infinity);
    expect(out).toEqual([1, 2, 3, 4]);
  });

  it('hands over more than a block in blocks', () => {
    const { merge, out } = merging(2);
    const numbers = (from: number): [number, number][] =>
      Array.from({ length: 700 }, (_, i) => [2 * i + from, 2 * i + from]);
    merge.add(0, [block(...numbers(0))], Infinity);
    merge.add(1, [block(...numbers(1))], Infinity);
    expect(out).toEqual(Array.from({ length: 1_400 }, (_, i) => i));
  });
});
