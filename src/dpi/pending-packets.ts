import type { DecodedBatch } from '../decode/decoded-batch.js';
import type { FlowStore } from '../flow/flow-store.js';
import { DpiWord, Slot } from './flow-state.js';

/** Lists in `rows` those of `from` to `to` that have payload and are of a direction that is wanted; answers how many. */
type SelectRows = (from: number, to: number) => number;

/** Makes the pass over the columns of `batch`; why passes are made: docs/architecture.md, "Passes". */
function createSelectRows(batch: DecodedBatch, rows: Int32Array, wanted: Uint8Array): SelectRows {
  const { flow, payloadLength } = batch;
  return (from, to) => {
    let n = 0;
    for (let k = from; k < to; k++) {
      rows[n] = k;
      // Computed, not branched upon: nobody can guess which packets are wanted.
      n += wanted[flow[k]] & (-payloadLength[k] >>> 31);
    }
    return n;
  };
}

/** The packets of a batch that inspection has to look at: those with payload, of directions that it wants more of. */
export class PendingPackets {
  rows = new Int32Array(0);
  /**
   * 1 for each direction that is wanted, by flow and direction as the column `flow` has them: an octet, so that the
   * directions of all flows stay in the cache, where their extension rows do not.
   */
  private wanted = new Uint8Array(0);
  private pass: { readonly batch: DecodedBatch; readonly selectRows: SelectRows } | null = null;
  /** Sum of what was loaded; of no use but to keep the loads. */
  private loaded = 0;

  /** Makes room for the flows of `store`; before all else. */
  prepare(batch: DecodedBatch, store: FlowStore): void {
    if (this.pass?.batch === batch) return;
    const flows = store.extension.length / store.extensionWords;
    if (this.wanted.length < 2 * flows) this.wanted = new Uint8Array(2 * flows);
    this.rows = new Int32Array(batch.capacity);
    this.pass = { batch, selectRows: createSelectRows(batch, this.rows, this.wanted) };
  }

  /** Says what is wanted of a flow: 1 or 0 for each direction. */
  want(flow: number, forward: number, reverse: number): void {
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
    const n = this.pass?.selectRows(from, to) ?? 0;
    if (n === 0) return 0;
    const { flow } = batch;
    const { extension, extensionWords } = store;
    const { rows } = this;
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const id = flow[rows[j]];
      const slot = extension[Math.imul(id >>> 1, extensionWords) + offset + DpiWord.Slot];
      if (slot === 0) continue;
      const first = (slot - 1) >>> 2;
      sum ^= slots[first] ^ slots[first + Slot.Direction + (id & 1) * Slot.DirectionWords];
    }
    this.loaded ^= sum;
    return n;
  }
}
