import { describe, expect, it } from 'vitest';

import { ClosingList } from '../../../src/flow/closing-list.js';
import { FlowOrder } from '../../../src/flow/flow-order.js';
import { Extension } from '../../../src/flow/flow-record.js';
import type { FlowStore } from '../../../src/flow/flow-store.js';

const EXTENSION_WORDS = 10;

/** A store that has nothing but the numbers of the first packets of the flows 1, 2, 3 … */
function storeOf(numbers: readonly number[], capacity = numbers.length + 1): FlowStore {
  const rows = new ArrayBuffer(capacity * EXTENSION_WORDS * 4);
  const extensionFloats = new Float64Array(rows);
  numbers.forEach((number, i) => {
    extensionFloats[((i + 1) * EXTENSION_WORDS) / 2 + Extension.FirstNumber] = number;
  });
  return {
    words: new Int32Array(0),
    floats: new Float64Array(0),
    extension: new Int32Array(rows),
    extensionFloats,
    continued: new Int32Array(0),
    continuations: 0,
    extensionWords: EXTENSION_WORDS,
    beginReverse: () => expect.fail('nothing begins here'),
    endSoon: () => expect.fail('nothing ends here'),
  };
}

/** Flow indices in the order of their numbers. */
const ordered = (numbers: readonly number[]): number[] =>
  numbers
    .map((number, i) => ({ number, flow: i + 1 }))
    .sort((a, b) => a.number - b.number)
    .map(({ flow }) => flow);

const scattered = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 104_729);
/** Spans more numbers than fit into one float together with an index. */
const farApart = scattered.map((number, i) => (i % 2 === 0 ? number : 2 ** 50 + number));
const cases = {
  'in order': scattered.map((_, i) => 3 * i),
  'in order but for the last': scattered.map((_, i) => (i === 999 ? 5 : 3 * i)),
  'close together': scattered,
  'too far apart to be packed': farApart,
  'of one digit': scattered.slice(0, 300).map((_, i) => (i * 7) % 2_003),
  'of four digits': scattered.map((n, i) => n * 2 ** 20 + ((i * 31) % 1_000)),
  'beyond 2^50': scattered.map((n) => 2 ** 50 + n),
};

describe('the order of flows that end together', () => {
  it.each(Object.entries(cases))('is that of their first packets: numbers %s', (_, numbers) => {
    const closing = new ClosingList(16);
    for (let flow = numbers.length; flow > 0; flow--) closing.add(flow, 5);
    closing.sortByFirstNumber(storeOf(numbers));
    expect(closing.length).toBe(numbers.length);
    expect(Array.from(closing.flows.subarray(0, closing.length))).toEqual(ordered(numbers));
  });

  it.each(Object.entries(cases))('is the same for all flows there are: numbers %s', (_, numbers) => {
    for (const scratch of [0, numbers.length - 1, numbers.length, 2 * numbers.length]) {
      const order = new FlowOrder(storeOf(numbers), numbers.length);
      for (let flow = 1; flow <= numbers.length; flow++) order.add(flow);
      order.sort(new Float64Array(scratch).fill(NaN));
      expect(Array.from({ length: order.length }, (_unused, j) => order.flow(j))).toEqual(ordered(numbers));
    }
  });

  it('goes by whole numbers, however many flow indices there may be', () => {
    const numbers = [3, 1, 2, 2 ** 40];
    const closing = new ClosingList(4);
    [1, 2, 3, 4].forEach((flow) => closing.add(flow, 0));
    closing.sortByFirstNumber(storeOf(numbers, 100_000));
    expect(Array.from(closing.flows.subarray(0, 4))).toEqual([2, 3, 1, 4]);
  });

  it('holds for one flow and for none', () => {
    const closing = new ClosingList(4);
    closing.sortByFirstNumber(storeOf([5]));
    expect(closing.length).toBe(0);
    closing.add(1, 9);
    closing.sortByFirstNumber(storeOf([5]));
    expect([closing.length, closing.flows[0], closing.positions[0]]).toEqual([1, 1, 9]);
  });
});

it('the closing list grows beyond what one batch can end', () => {
  const closing = new ClosingList(2);
  for (let flow = 1; flow <= 100; flow++) closing.add(flow, flow / 2);
  expect(Array.from(closing.flows.subarray(0, 100))).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(Array.from(closing.positions.subarray(0, 100))).toEqual(Array.from({ length: 100 }, (_, i) => (i + 1) / 2));
});
