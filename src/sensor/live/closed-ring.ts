import { ClosedFlows } from '../../flow/closed-flows.js';

/**
 * A ring of blocks of closed flows in shared memory, from one thread that meters to the one that exports. Its size is the
 * bound: when all blocks are full, `offer` says so and the caller counts what it could not hand over, or waits.
 *
 * Control words: blocks filled and blocks emptied so far (both wrap at 2^32), then the records in each block.
 */

/** A power of two, so that the counters may wrap. */
const BLOCKS = 256;
const BLOCK_RECORDS = 256;

const FILLED = 0;
const EMPTIED = 1;
const COUNTS = 2;

export interface ClosedRingMemory {
  readonly control: SharedArrayBuffer;
  readonly blocks: readonly SharedArrayBuffer[];
  readonly extensionWords: number;
}

/** Room for 65,536 records: some 16 MiB of address space, taken page by page. */
export function allocateClosedRing(extensionWords: number): ClosedRingMemory {
  return {
    control: new SharedArrayBuffer((COUNTS + BLOCKS) * 4),
    blocks: Array.from(
      { length: BLOCKS },
      () => new SharedArrayBuffer(ClosedFlows.octetLength(extensionWords, BLOCK_RECORDS)),
    ),
    extensionWords,
  };
}

class ClosedRing {
  protected readonly control: Int32Array;
  protected readonly blocks: readonly ClosedFlows[];

  constructor(memory: ClosedRingMemory) {
    this.control = new Int32Array(memory.control);
    this.blocks = memory.blocks.map((rows) => new ClosedFlows(memory.extensionWords, BLOCK_RECORDS, rows));
  }

  /** Blocks that are full and wait. */
  get depth(): number {
    return (Atomics.load(this.control, FILLED) - Atomics.load(this.control, EMPTIED)) | 0;
  }

  /** Part of the ring that is full, 0 to 1. */
  get fullness(): number {
    return this.depth / BLOCKS;
  }
}

/** The metering thread's side. */
export class ClosedRingWriter extends ClosedRing {
  /** Copies rows `from` on, as many as there is room for; returns how many. */
  offer(closed: ClosedFlows, from: number): number {
    const { control, blocks } = this;
    let row = from;
    while (row < closed.count && this.depth < BLOCKS) {
      const filled = Atomics.load(control, FILLED);
      const i = filled & (BLOCKS - 1);
      const n = Math.min(BLOCK_RECORDS, closed.count - row);
      const { words, stride } = blocks[i];
      const source = closed.words;
      const shift = row * stride;
      for (let w = 0; w < n * stride; w++) words[w] = source[shift + w];
      control[COUNTS + i] = n;
      Atomics.store(control, FILLED, filled + 1);
      row += n;
    }
    return row - from;
  }

  /** Waits until there is room, up to `timeoutMs`; false when there is none. */
  wait(timeoutMs: number): boolean {
    const emptied = Atomics.load(this.control, EMPTIED);
    if (this.depth < BLOCKS) return true;
    return Atomics.wait(this.control, EMPTIED, emptied, timeoutMs) !== 'timed-out';
  }
}

/** The exporting thread's side. */
export class ClosedRingReader extends ClosedRing {
  /** The oldest full block, to be given back with `release`; null when there is none. */
  peek(): ClosedFlows | null {
    if (this.depth === 0) return null;
    const i = Atomics.load(this.control, EMPTIED) & (BLOCKS - 1);
    const block = this.blocks[i];
    block.count = this.control[COUNTS + i];
    return block;
  }

  release(): void {
    Atomics.add(this.control, EMPTIED, 1);
    Atomics.notify(this.control, EMPTIED);
  }
}
