import type { DecodedBatch } from '../decode/decoded-batch.js';
import { Record } from './flow-record.js';

/**
 * Writes to the batch's `flow` the flow whose hash is that of each row from `from` to `to`, 0 where there is none, and loads
 * its record: loops of independent loads, whose cache misses the processor overlaps.
 * @param slots the hash table, flow-table.ts, of `mask` + 1 slots
 * @returns a sum that nobody needs, so that the loads are not optimised away
 */
export type TouchFlows = (slots: Int32Array, mask: number, from: number, to: number) => number;

/** Makes the pass over the columns of `batch`; why passes are made: docs/architecture.md, "Passes". */
export function createTouchFlows(batch: DecodedBatch, words: Int32Array): TouchFlows {
  const { hash, flow } = batch;
  return (slots, mask, from, to) => {
    const last = (mask << 1) | 1;
    let sum = 0;
    for (let k = from; k < to; k++) sum ^= slots[(hash[k] & mask) << 1];
    for (let k = from; k < to; k++) {
      const h = hash[k];
      let s = (h & mask) << 1;
      while (slots[s] !== h && slots[s | 1] !== 0) s = (s + 2) & last;
      flow[k] = slots[s | 1];
    }
    for (let k = from; k < to; k++) {
      const r = flow[k] << Record.Shift;
      sum ^= words[r] ^ words[r | 16];
    }
    return sum;
  };
}
