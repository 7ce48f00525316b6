import { ClosedFlows } from '../flow/closed-flows.js';
import { BLOCK_RECORDS } from './closed-ring.js';
import type { RecordSource } from './record-merge.js';

/**
 * Closed records of the thread that merges: blocks on their way from its metering to the merge, used again and again. It has
 * room for as many as it is made with; who cannot wait lets it grow.
 */
export class OwnRecords implements RecordSource {
  progress = 0;
  private readonly full: ClosedFlows[] = [];
  private readonly free: ClosedFlows[] = [];

  /**
   * @param blocks of 256 records each, as in a ring (closed-ring.ts)
   * @param metadataOctets room for the metadata of each block; 0 for none
   */
  constructor(
    private readonly extensionWords: number,
    private readonly blocks: number,
    private readonly metadataOctets = 0,
  ) {}

  /** Whether there is no room, or more than that. */
  get isFull(): boolean {
    return this.full.length >= this.blocks;
  }

  /** Copies rows `from` on, as many as there is room for; returns how many. */
  offer(closed: ClosedFlows, from: number): number {
    let row = from;
    while (row < closed.count && !this.isFull) row += this.fill(closed, row);
    return row - from;
  }

  /** Copies a block of rows from `from` on, be there room or not; returns how many. */
  fill(closed: ClosedFlows, from: number): number {
    const block = this.free.pop() ?? new ClosedFlows(this.extensionWords, BLOCK_RECORDS, this.metadataOctets);
    block.fill(closed, from);
    this.full.push(block);
    return block.count;
  }

  peek(): ClosedFlows | null {
    return this.full.length > 0 ? this.full[0] : null;
  }

  release(): void {
    const block = this.full.shift();
    if (block !== undefined && this.free.length < this.blocks) this.free.push(block);
  }
}
