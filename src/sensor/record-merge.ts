import { ClosedFlows, type ClosedFlowsSink, MetadataWord } from '../flow/closed-flows.js';
import { Extension, Record } from '../flow/flow-record.js';

/** Closed records on their way from a worker: rows as in ClosedFlows. */
export interface RecordBlock {
  readonly words: Int32Array;
  readonly positions: Float64Array;
  readonly metadata: Uint8Array;
}

const OUT_BLOCK = 512;

/**
 * Brings the records of several workers into the one order that a single thread would have given them: by the number of
 * the packet that ended the flow, and among equals by the number of the flow's first packet. Each worker's records are in that
 * order already, so this is a merge; it goes as far as the slowest worker has come.
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
    const { queues, out } = this;
    const limit = Math.min(...queues.map((queue) => queue.progress));
    for (;;) {
      let first: Queue | null = null;
      for (const queue of queues) {
        if (queue.isEmpty || (queue.position >= limit && limit !== Infinity)) continue;
        if (first === null || queue.comesBefore(first)) first = queue;
      }
      if (first === null) break;
      first.take(out, out.count++);
      if (out.isFull) this.deliver();
    }
    if (out.count > 0) this.deliver();
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
