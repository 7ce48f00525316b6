import type { DecodedBatch } from '../decode/decoded-batch.js';
import type { FlowStore } from '../flow/flow-store.js';
import { DpiState, DpiWord } from './flow-state.js';

/** The packets of a batch that inspection has to look at: those with payload, of flows that it is not done with. */
export class PendingPackets {
  rows = new Int32Array(0);
  /** Sum of what was loaded; of no use but to keep the loads. */
  private loaded = 0;

  /**
   * Lists rows of `from` to `to` in `rows`, and loads what is kept of their flows: loops of independent loads, whose cache
   * misses the processor overlaps.
   * @param offset first word of inspection in an extension row
   * @param slots memory in which the flows' slots are
   * @returns how many there are
   */
  select(batch: DecodedBatch, from: number, to: number, store: FlowStore, offset: number, slots: Int32Array): number {
    const { flow, payloadLength } = batch;
    const { extension, extensionWords } = store;
    if (this.rows.length < batch.capacity) this.rows = new Int32Array(batch.capacity);
    const { rows } = this;
    let n = 0;
    for (let k = from; k < to; k++) {
      rows[n] = k;
      const state = extension[Math.imul(flow[k] >>> 1, extensionWords) + offset];
      // Computed, not branched upon: a branch that is guessed wrong would wait for the load.
      n += ~state & DpiState.Done & ((payloadLength[k] | -payloadLength[k]) >>> 31);
    }
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const slot = extension[Math.imul(flow[rows[j]] >>> 1, extensionWords) + offset + DpiWord.Slot];
      if (slot !== 0) sum ^= slots[(slot - 1) >>> 2];
    }
    this.loaded ^= sum;
    return n;
  }
}
