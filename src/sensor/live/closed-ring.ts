import { ClosedFlows, LONGEST_METADATA, MetadataWord } from '../../flow/closed-flows.js';

/**
 * A ring of blocks of closed flows in shared memory, from who meters to who exports, each of whom may have a thread of its own.
 * Its size is the bound: when all blocks are full, `offer` says so and the caller counts what it could not hand over.
 *
 * Control words: blocks filled and blocks emptied so far (both wrap at 2^32), then the records and octets of metadata in each
 * block.
 */

/** A power of two, so that the counters may wrap. */
const BLOCKS = 256;
const BLOCK_RECORDS = 256;
/** Room for the metadata of a block, when there is any: enough for some hundred usual ones and the longest of one flow. */
const BLOCK_METADATA = 65_536 + LONGEST_METADATA;
/** Octets that the metadata of a whole ring takes. */
export const RING_METADATA_OCTETS = BLOCKS * BLOCK_METADATA;

const FILLED = 0;
const EMPTIED = 1;
const COUNTS = 2;
const COUNT_WORDS = 2;

export interface ClosedRingMemory {
  readonly control: SharedArrayBuffer;
  readonly blocks: readonly SharedArrayBuffer[];
  readonly extensionWords: number;
  /** Room for the metadata of each block; 0 for none. */
  readonly metadataOctets: number;
}

/** Room for 65,536 records: some 16 MiB of address space, with metadata 80 MiB more, taken page by page. */
export function allocateClosedRing(extensionWords: number, hasMetadata = false): ClosedRingMemory {
  const metadataOctets = hasMetadata ? BLOCK_METADATA : 0;
  return {
    control: new SharedArrayBuffer((COUNTS + BLOCKS * COUNT_WORDS) * 4),
    blocks: Array.from(
      { length: BLOCKS },
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
    return this.depth / BLOCKS;
  }
}

/** Fills `block` with the rows of `closed` from `from` on and their metadata, as far as there is room. */
function copyRows(closed: ClosedFlows, from: number, block: ClosedFlows): void {
  const { words, stride } = block;
  const source = closed.words;
  const shift = from * stride;
  const rows = Math.min(BLOCK_RECORDS, closed.count - from);
  block.clear();
  if (block.metadata.length === 0) block.count = rows;
  else {
    const m = closed.metadataOffset;
    while (block.count < rows && !block.isFull) {
      const w = shift + block.count * stride + m;
      const length = source[w + MetadataWord.Length];
      block.putMetadata(block.count++, closed.metadata, source[w + MetadataWord.Offset], length);
    }
  }
  const placed = block.count * stride;
  const kept = block.metadata.length === 0 ? stride : block.metadataOffset;
  for (let w = 0; w < placed; w += stride) {
    for (let n = 0; n < kept; n++) words[w + n] = source[shift + w + n];
  }
}

/** The side of who meters. */
export class ClosedRingWriter extends ClosedRing {
  /**
   * Flows whose end can be put off, for a timeout or a flush, may end by the thousand: the other half stays free for those
   * that packets end.
   */
  get hasRoomForMany(): boolean {
    return this.depth <= BLOCKS / 4;
  }

  /** Copies rows `from` on, as many as there is room for; returns how many. */
  offer(closed: ClosedFlows, from: number): number {
    const { control, blocks } = this;
    let row = from;
    while (row < closed.count && this.depth < BLOCKS) {
      const filled = Atomics.load(control, FILLED);
      const i = filled & (BLOCKS - 1);
      const block = blocks[i];
      copyRows(closed, row, block);
      control[COUNTS + i * COUNT_WORDS] = block.count;
      control[COUNTS + i * COUNT_WORDS + 1] = block.metadataLength;
      Atomics.store(control, FILLED, filled + 1);
      row += block.count;
    }
    return row - from;
  }
}

/** The side of who exports. */
export class ClosedRingReader extends ClosedRing {
  /** The oldest full block, to be given back with `release`; null when there is none. */
  peek(): ClosedFlows | null {
    if (this.depth === 0) return null;
    const i = Atomics.load(this.control, EMPTIED) & (BLOCKS - 1);
    const block = this.blocks[i];
    block.count = this.control[COUNTS + i * COUNT_WORDS];
    block.metadataLength = this.control[COUNTS + i * COUNT_WORDS + 1];
    return block;
  }

  release(): void {
    Atomics.add(this.control, EMPTIED, 1);
  }
}
