import { describe, expect, it } from 'vitest';

import { ClosedFlows } from '../../../src/flow/closed-flows.js';
import { positionBefore } from '../../../src/flow/closing-list.js';
import { Extension, Record } from '../../../src/flow/flow-record.js';
import { OwnRecords } from '../../../src/sensor/own-records.js';
import { RecordMerge } from '../../../src/sensor/record-merge.js';

const EXTENSION_WORDS = Extension.Words;
const NEXT_BLOCK = 256;

type Ended = readonly [position: number, firstNumber: number];

/** Records that ended at these positions; the number of a flow's first packet tells which is which. */
function closedFlows(...records: readonly Ended[]): ClosedFlows {
  const closed = new ClosedFlows(EXTENSION_WORDS, records.length);
  records.forEach(([position, firstNumber], row) => {
    closed.positions[row] = position;
    closed.floats[(row * closed.stride + Record.Words) / 2 + Extension.FirstNumber] = firstNumber;
  });
  closed.count = records.length;
  return closed;
}

function firstNumbers(closed: ClosedFlows): number[] {
  return Array.from(
    { length: closed.count },
    (_, row) => closed.floats[(row * closed.stride + Record.Words) / 2 + Extension.FirstNumber],
  );
}

/** A merge of `workers`: `add` gives it records of one and merges; the first numbers of those that have come out are in `out`. */
function merging(workers: number): {
  add: (worker: number, records: readonly Ended[], progress: number) => number;
  out: number[];
} {
  const out: number[] = [];
  const sources = Array.from({ length: workers }, () => new OwnRecords(EXTENSION_WORDS, 8));
  const merge = new RecordMerge(sources, EXTENSION_WORDS, (closed) => out.push(...firstNumbers(closed)));
  const add = (worker: number, records: readonly Ended[], progress: number): number => {
    expect(sources[worker].offer(closedFlows(...records), 0)).toBe(records.length);
    sources[worker].progress = progress;
    return merge.merge();
  };
  return { add, out };
}

describe('RecordMerge', () => {
  it('orders by the position of the end, then by the first packet', () => {
    const { add, out } = merging(2);
    const records: Ended[] = [
      [5, 1],
      [9, 4],
    ];
    add(0, records, Infinity);
    const others: Ended[] = [
      [3, 2],
      [9, 3],
    ];
    add(1, others, Infinity);
    expect(out).toEqual([2, 1, 3, 4]);
  });

  it('goes no further than the slowest worker has come, and tells which that is', () => {
    const { add, out } = merging(3);
    const records: Ended[] = [
      [5, 1],
      [9, 4],
    ];
    add(0, records, Infinity);
    expect(add(1, [[7, 2]], 8)).toBe(2);
    expect(out).toEqual([]);
    expect(add(2, [], 6)).toBe(2);
    expect(out).toEqual([1]);
    expect(add(2, [[6.5, 3]], 12)).toBe(1);
    expect(out).toEqual([1, 3, 2]);
    expect(add(1, [], Infinity)).toBe(2);
    expect(add(2, [], Infinity)).toBe(-1);
    expect(out).toEqual([1, 3, 2, 4]);
  });

  it('waits for what the clock may end between two slots of packets', () => {
    const { add, out } = merging(2);
    const next = 100; // the first packet of the next slot, which moves the clock
    add(0, [[positionBefore(next), 8]], positionBefore(next + 100));
    add(1, [], positionBefore(next));
    expect(out).toEqual([]);
    add(1, [[positionBefore(next), 7]], positionBefore(next + 100));
    expect(out).toEqual([7, 8]);
  });

  it('orders what is left at the end by the first packet', () => {
    const { add, out } = merging(2);
    const records: Ended[] = [
      [Infinity, 1],
      [Infinity, 4],
    ];
    add(0, records, Infinity);
    expect(out).toEqual([]);
    add(1, [[Infinity, 2]], 5);
    add(1, [[Infinity, 3]], Infinity);
    expect(out).toEqual([1, 2, 3, 4]);
  });

  it('hands over more than a block in blocks', () => {
    const { add, out } = merging(2);
    const numbers = (from: number): Ended[] => Array.from({ length: 700 }, (_, i) => [2 * i + from, 2 * i + from]);
    add(0, numbers(0), Infinity);
    add(1, numbers(1), Infinity);
    expect(out).toEqual(Array.from({ length: 1_400 }, (_, i) => i));
  });
});

describe('OwnRecords', () => {
  const many = closedFlows(...Array.from({ length: 4 * NEXT_BLOCK }, (_, i): Ended => [i, i]));

  it('takes what there is room for, and more only when told to', () => {
    const records = new OwnRecords(EXTENSION_WORDS, 2);
    expect(records.offer(many, 0)).toBe(2 * NEXT_BLOCK);
    expect(records.isFull).toBe(true);
    expect(records.offer(many, 2 * NEXT_BLOCK)).toBe(0);
    expect(records.fill(many, 2 * NEXT_BLOCK)).toBe(NEXT_BLOCK);
    const out: number[] = [];
    for (let block = records.peek(); block !== null; block = records.peek()) {
      out.push(...firstNumbers(block));
      records.release();
      if (out.length === NEXT_BLOCK) expect(records.isFull).toBe(true);
    }
    expect(records.isFull).toBe(false);
    expect(out).toEqual(Array.from({ length: 3 * NEXT_BLOCK }, (_, i) => i));
  });
});
