import type { DecodedBatch } from '../decode/decoded-batch.js';
import type { FlowStore } from '../flow/flow-store.js';
import { DpiWord } from './flow-state.js';

/** Flows that there is room for at first. */
const FIRST_FLOWS = 32_768;

/** The packets of a batch that inspection has to look at: those with payload, of directions that it wants more of. */
export class PendingPackets {
  rows = new Int32Array(0);
  /**
   * 1 for each direction that is wanted, by flow and direction as the column `flow` has them: an octet, so that the
   * directions of all flows stay in the cache, where their extension rows do not.
   */
  private wanted = new Uint8Array(2 * FIRST_FLOWS);
  /** Sum of what was loaded; of no use but to keep the loads. */
  private loaded = 0;

  /** Says what is wanted of a flow: 1 or 0 for each direction. */
  want(flow: number, forward: number, reverse: number): void {
    if (2 * flow >= this.wanted.length) this.grow(flow);
    this.wanted[2 * flow] = forward;
    this.wanted[2 * flow + 1] = reverse;
  }

  /** Flow `to` goes on where `from` has ended. */
  move(from: number, to: number): void {
    this.want(to, this.wanted[2 * from], this.wanted[2 * from + 1]);
  }

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
    const { rows, wanted } = this;
    let n = 0;
    for (let k = from; k < to; k++) {
      rows[n] = k;
      // Computed, not branched upon: nobody can guess which packets are wanted.
      n += wanted[flow[k]] & ((payloadLength[k] | -payloadLength[k]) >>> 31);
    }
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const slot = extension[Math.imul(flow[rows[j]] >>> 1, extensionWords) + offset + DpiWord.Slot];
      if (slot !== 0) sum ^= slots[(slot - 1) >>> 2];
    }
    this.loaded ^= sum;
    return n;
  }

  private grow(flow: number): void {
    let length = this.wanted.length;
    while (length <= 2 * flow) length *= 2;
    const grown = new Uint8Array(length);
    grown.set(this.wanted);
    this.wanted = grown;
  }
}
