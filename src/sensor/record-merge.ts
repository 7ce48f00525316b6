import { ClosedFlows, type ClosedFlowsSink, MetadataWord } from '../flow/closed-flows.js';
import { Extension, Record } from '../flow/flow-record.js';

/** Closed records on their way from a worker: rows as in ClosedFlows. */
export interface RecordBlock {
  readonly words: Int32Array;
  readonly positions: Float64Array;
  readonly metadata: Uint8Array;
}

const OUT_BLOCK = 512;

/** A copy of closed flows, to be kept or sent. */
export function recordBlockOf(closed: ClosedFlows): RecordBlock {
  return {
    words: closed.words.slice(0, closed.count * closed.stride),
    positions: closed.positions.slice(0, closed.count),
    metadata: closed.metadata.slice(0, closed.metadataLength),
  };
}

/**
 * Brings the records of several workers into the one order that a single thread would have given them: by the number of
 * the packet that ended the flow, and among equals by the number of the flow's first packet. Each worker's records are in that
 * order already, so this is a merge; it goes as far as it is sure that no worker will send a record that comes before.
 */
export class RecordMerge {
  private readonly queues: Queue[];
  private readonly out: ClosedFlows;

  constructor(
    workers: number,
    extensionWords: number,
    private readonly sink: ClosedFlowsSink,
    metadataOctets = 0,
  ) {
    this.out = new ClosedFlows(extensionWords, OUT_BLOCK, metadataOctets);
    this.queues = Array.from({ length: workers }, () => new Queue(this.out.stride));
  }

  /** Takes what `worker` has ended before position `progress`, which is infinite when it is done. */
  add(worker: number, blocks: readonly RecordBlock[], progress: number): void {
    const queue = this.queues[worker];
    queue.blocks.push(...blocks);
    queue.progress = progress;
    this.merge();
  }

  private merge(): void {
    const { out } = this;
    for (let first = this.first(); first !== null; first = this.first()) {
      first.take(out, out.count++);
      if (out.isFull) this.deliver();
    }
    if (out.count > 0) this.deliver();
  }

  /** The queue of the record that comes first; null while a worker may still send one that comes before it. */
  private first(): Queue | null {
    let first: Queue | null = null;
    let limit = Infinity;
    let all = true;
    for (const queue of this.queues) {
      if (!queue.isEmpty) {
        if (first === null || queue.comesBefore(first)) first = queue;
      } else if (queue.progress !== Infinity) {
        limit = Math.min(limit, queue.progress);
        all = false;
      }
    }
    return all || (first !== null && first.position < limit) ? first : null;
  }

  private deliver(): void {
    this.sink(this.out);
    this.out.clear();
  }
}

/** The records of one worker that have not been merged yet. */
class Queue {
  readonly blocks: RecordBlock[] = [];
  progress = 0;
  private row = 0;
  private floats: Float64Array | null = null;

  constructor(private readonly stride: number) {}

  get isEmpty(): boolean {
    return this.blocks.length === 0;
  }

  get position(): number {
    return this.blocks[0].positions[this.row];
  }

  private get firstNumber(): number {
    const { words } = this.blocks[0];
    this.floats ??= new Float64Array(words.buffer, words.byteOffset, words.length / 2);
    return this.floats[(this.row * this.stride + Record.Words) / 2 + Extension.FirstNumber];
  }

  comesBefore(other: Queue): boolean {
    return this.position !== other.position ? this.position < other.position : this.firstNumber < other.firstNumber;
  }

  take(out: ClosedFlows, row: number): void {
    const { words, positions, metadata } = this.blocks[0];
    const from = this.row * this.stride;
    const to = row * this.stride;
    for (let w = 0; w < this.stride; w++) out.words[to + w] = words[from + w];
    const m = from + out.metadataOffset;
    out.putMetadata(row, metadata, words[m + MetadataWord.Offset], words[m + MetadataWord.Length]);
    out.positions[row] = positions[this.row];
    if (++this.row === positions.length) {
      this.blocks.shift();
      this.row = 0;
      this.floats = null;
    }
  }
}
