import { Extension } from './flow-record.js';
import type { FlowStore } from './flow-store.js';

const NONE = new Float64Array(0);

const enum Digit {
  Values = 2_048,
  Mask = Digit.Values - 1,
}

/** Moves `n` keys to `to`, ordered by their digit whose unit, a power of two, is `unit`; those of one digit keep their order. */
function moveByDigit(from: Float64Array, to: Float64Array, n: number, unit: number, counts: Int32Array): void {
  const perUnit = 1 / unit;
  counts.fill(0);
  for (let j = 0; j < n; j++) counts[(from[j] * perUnit) & Digit.Mask]++;
  let place = 0;
  for (let digit = 0; digit < Digit.Values; digit++) {
    const count = counts[digit];
    counts[digit] = place;
    place += count;
  }
  for (let j = 0; j < n; j++) {
    const key = from[j];
    to[counts[(key * perUnit) & Digit.Mask]++] = key;
  }
}

/**
 * Sorts flows by the number of their first packet. Number and flow index share one 64-bit float, so that the engine's own
 * sort of numbers does the work, at eight octets a flow, or, where memory is lent for it, one by digits, five times as fast;
 * where the numbers span too much for that, a comparison does it. Flows that come in their order, as those of a run do that
 * has given no index twice, are left as they are.
 */
export class FlowOrder {
  length = 0;
  private readonly keys: Float64Array;
  private smallest = Infinity;
  private largest = 0;
  /** A power of two above all flow indices. */
  private readonly shift: number;
  private packed = false;
  private isOrdered = true;

  constructor(
    private readonly store: FlowStore,
    capacity: number,
  ) {
    this.keys = new Float64Array(capacity);
    this.shift = 2 ** Math.ceil(Math.log2(store.extensionFloats.length / (store.extensionWords / 2) + 1));
  }

  add(flow: number): void {
    const number = this.firstNumber(flow);
    if (number < this.smallest) this.smallest = number;
    if (number < this.largest) this.isOrdered = false;
    else this.largest = number;
    this.keys[this.length++] = flow;
  }

  /** @param scratch memory that nobody needs meanwhile; of use when it has room for all flows */
  sort(scratch: Float64Array = NONE): void {
    if (this.isOrdered) return;
    const { keys, length, smallest, shift } = this;
    const span = this.largest - smallest + 1;
    this.packed = span * shift < Number.MAX_SAFE_INTEGER;
    if (!this.packed) {
      keys.subarray(0, length).sort((a, b) => this.firstNumber(a) - this.firstNumber(b));
      return;
    }
    for (let j = 0; j < length; j++) keys[j] += (this.firstNumber(keys[j]) - smallest) * shift;
    if (scratch.length >= length) this.sortByDigits(scratch, span);
    else keys.subarray(0, length).sort();
  }

  /** The flow at place `j` of the order. */
  flow(j: number): number {
    const key = this.keys[j];
    return this.packed ? key - Math.floor(key / this.shift) * this.shift : key;
  }

  /** Copies up to `most` flows from place `from` on, which `into` has room for; returns how many. */
  take(from: number, into: Int32Array, most: number): number {
    const n = Math.min(most, this.length - from);
    for (let j = 0; j < n; j++) into[j] = this.flow(from + j);
    return n;
  }

  /** From the lowest digit of the number to the highest, to and fro between the keys and `scratch`. */
  private sortByDigits(scratch: Float64Array, span: number): void {
    const counts = new Int32Array(Digit.Values);
    let from = this.keys;
    let to = scratch;
    for (let unit = this.shift; unit < span * this.shift; unit *= Digit.Values) {
      moveByDigit(from, to, this.length, unit, counts);
      [from, to] = [to, from];
    }
    if (from === scratch) this.keys.set(scratch.subarray(0, this.length));
  }

  private firstNumber(flow: number): number {
    return this.store.extensionFloats[(flow * this.store.extensionWords) / 2 + Extension.FirstNumber];
  }
}
