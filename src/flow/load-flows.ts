import { Record, W } from './flow-record.js';
import type { FlowStore } from './flow-store.js';
import type { FlowTable } from './flow-table.js';

/**
 * Loads of what will be wanted of many flows, all cache misses at once. The sums are of no use but to keep the loads.
 */

/** Loads the records of the first `n` of `flows`. */
export function loadRecords({ words }: Pick<FlowStore, 'words'>, flows: Int32Array, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const r = flows[j] << Record.Shift;
    sum ^= words[r] ^ words[r | 16];
  }
  return sum;
}

/** Loads the slots in the table of the first `n` of `flows`, which may be complemented. */
export function loadSlots(
  { words }: Pick<FlowStore, 'words'>,
  { slots, mask }: Pick<FlowTable, 'slots' | 'mask'>,
  flows: Int32Array,
  n: number,
): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const f = flows[j] ^ (flows[j] >> 31);
    sum ^= slots[(words[(f << Record.Shift) | W.Hash] & mask) << 1];
  }
  return sum;
}
