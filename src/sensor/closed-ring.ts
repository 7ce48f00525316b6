import { ClosedFlows, LONGEST_METADATA } from '../flow/closed-flows.js';
import { positionBefore } from '../flow/closing-list.js';

/**
 * A ring of blocks of closed flows in shared memory, from who meters to who exports, each of whom may have a thread of its own.
 * Its size is the bound: when all blocks are full, `offer` says so and the caller counts what it could not hand over, or waits.
 *
 * Control words: blocks filled and blocks emptied so far, a word that changes with each block filled and each `tell` (these
 * wrap at 2^32), how many packets the writer has gone through (two words), then the records and octets of metadata in each
 * block.
 */

/** A power of two, so that the counters may wrap; and so every other number of blocks. */
const BLOCKS = 256;
export const BLOCK_RECORDS = 256;
/** Room for the metadata of a block, when there is any: enough for some hundred usual ones and the longest of one flow. */
export const BLOCK_METADATA = 65_536 + LONGEST_METADATA;
/** Octets that the metadata of a whole ring takes. */
export const RING_METADATA_OCTETS = BLOCKS * BLOCK_METADATA;

const FILLED = 0;
const EMPTIED = 1;
const SIGNALS = 2;
/** Packets gone through: `PACKETS_LOW` of them to one of the high word. Whoever reads the high word first never reads too many. */
const HIGH = 3;
const LOW = 4;
const COUNTS = 5;
const COUNT_WORDS = 2;

const PACKETS_LOW = 2 ** 30;
/** High word of a writer that is done. */
const DONE = 0x7fffffff;

export interface ClosedRingMemory {
  readonly control: SharedArrayBuffer;
  readonly blocks: readonly SharedArrayBuffer[];
  readonly extensionWords: number;
  /** Room for the metadata of each block; 0 for none. */
  readonly metadataOctets: number;
}

/**
 * Room for 256 records in each block, 65,536 in all unless told otherwise: some 16 MiB of address space, with metadata 80 MiB
 * more, taken page by page.
 * @param count blocks, a power of two
 */
export function allocateClosedRing(extensionWords: number, hasMetadata = false, count = BLOCKS): ClosedRingMemory {
  const metadataOctets = hasMetadata ? BLOCK_METADATA : 0;
  return {
    control: new SharedArrayBuffer((COUNTS + count * COUNT_WORDS) * 4),
    blocks: Array.from(
      { length: count },
      () => new SharedArrayBuffer(ClosedFlows.octetLength(extensionWords, BLOCK_RECORDS, metadataOctets)),
    ),
    extensionWords,
    metadataOctets,
  };
}

class ClosedRing {
  protected readonly control: Int32Array;
  protected readonly blocks: readonly ClosedFlows[];

  constructor(memory: ClosedRingMemory) {
    this.control = new Int32Array(memory.control);
    const { blocks, extensionWords, metadataOctets } = memory;
    this.blocks = blocks.map((rows) => new ClosedFlows(extensionWords, BLOCK_RECORDS, metadataOctets, rows));
  }

  /** Blocks that are full and wait. */
  get depth(): number {
    return (Atomics.load(this.control, FILLED) - Atomics.load(this.control, EMPTIED)) | 0;
  }

  /** Part of the ring that is full, 0 to 1. */
  get fullness(): number {
    return this.depth / this.blocks.length;
  }
}

/** The side of who meters. */
export class ClosedRingWriter extends ClosedRing {
  /**
   * Flows whose end can be put off, for a timeout or a flush, may end by the thousand: three quarters stay free for those
   * that packets end.
   */
  get hasRoomForMany(): boolean {
    return this.depth <= this.blocks.length / 4;
  }

  /** Copies rows `from` on, as many as there is room for; returns how many. */
  offer(closed: ClosedFlows, from: number): number {
    const { control, blocks } = this;
    let row = from;
    while (row < closed.count && this.depth < blocks.length) {
      const filled = Atomics.load(control, FILLED);
      const i = filled & (blocks.length - 1);
      const block = blocks[i];
      block.fill(closed, row);
      control[COUNTS + i * COUNT_WORDS] = block.count;
      control[COUNTS + i * COUNT_WORDS + 1] = block.metadataLength;
      Atomics.store(control, FILLED, filled + 1);
      this.signal();
      row += block.count;
    }
    return row - from;
  }

  /** Waits until there is room, up to `timeoutMs`; false when there is none. */
  wait(timeoutMs: number): boolean {
    const emptied = Atomics.load(this.control, EMPTIED);
    if (this.depth < this.blocks.length) return true;
    return Atomics.wait(this.control, EMPTIED, emptied, timeoutMs) !== 'timed-out';
  }

  /** What the first `packets` packets have ended, and the clock before them, has been offered; all there is when infinite. */
  tell(packets: number): void {
    const { control } = this;
    const high = packets === Infinity ? DONE : Math.floor(packets / PACKETS_LOW);
    if (high !== control[HIGH]) {
      Atomics.store(control, LOW, 0);
      Atomics.store(control, HIGH, high);
    }
    if (high !== DONE) Atomics.store(control, LOW, packets % PACKETS_LOW);
    this.signal();
  }

  private signal(): void {
    Atomics.add(this.control, SIGNALS, 1);
    Atomics.notify(this.control, SIGNALS);
  }
}

/** The side of who exports. */
export class ClosedRingReader extends ClosedRing {
  private signals = 0;

  /** The oldest full block, to be given back with `release`; null when there is none. */
  peek(): ClosedFlows | null {
    if (this.depth === 0) return null;
    const i = Atomics.load(this.control, EMPTIED) & (this.blocks.length - 1);
    const block = this.blocks[i];
    block.count = this.control[COUNTS + i * COUNT_WORDS];
    block.metadataLength = this.control[COUNTS + i * COUNT_WORDS + 1];
    return block;
  }

  release(): void {
    Atomics.add(this.control, EMPTIED, 1);
    Atomics.notify(this.control, EMPTIED);
  }

  /**
   * Position before which there is nothing more than what is in the ring now; infinite when there will be nothing more. The
   * clock may yet move, and end flows, just before the next packet.
   */
  get progress(): number {
    const { control } = this;
    this.signals = Atomics.load(control, SIGNALS);
    const high = Atomics.load(control, HIGH);
    return high === DONE ? Infinity : positionBefore(high * PACKETS_LOW + Atomics.load(control, LOW));
  }

  /** Waits until the writer has filled a block or told something since `progress` was last read, up to `timeoutMs`; false when it has not. */
  wait(timeoutMs: number): boolean {
    return Atomics.wait(this.control, SIGNALS, this.signals, timeoutMs) !== 'timed-out';
  }
}
