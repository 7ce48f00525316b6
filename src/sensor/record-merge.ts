import { ClosedFlows, type ClosedFlowsSink } from '../flow/closed-flows.js';
import { Extension, Record } from '../flow/flow-record.js';

/** Closed records of one worker, in their order. */
export interface RecordSource {
  /** Position before which nothing more comes than what is there when this is read; infinite when nothing more comes at all. */
  readonly progress: number;
  /** The oldest block, to be given back with `release`; null when there is none. */
  peek(): ClosedFlows | null;
  release(): void;
}

const OUT_BLOCK = 512;

/**
 * Brings the records of several workers into the one order that a single thread would have given them: by the number of
 * the packet that ended the flow, and among equals by the number of the flow's first packet. Each worker's records are in that
 * order already, so this is a merge; it goes as far as it is sure that no worker will send a record that comes before.
 */
export class RecordMerge {
  private readonly queues: readonly Queue[];
  private readonly out: ClosedFlows;

  /** @param sources of each worker */
  constructor(
    sources: readonly RecordSource[],
    extensionWords: number,
    private readonly sink: ClosedFlowsSink,
    metadataOctets = 0,
  ) {
    this.out = new ClosedFlows(extensionWords, OUT_BLOCK, metadataOctets);
    this.queues = sources.map((source, worker) => new Queue(source, worker));
  }

  /** Hands on what there is. Returns the worker that has to get on before there can be more, -1 when all have ended. */
  merge(): number {
    const { out, queues } = this;
    for (const queue of queues) if (queue.block === null) queue.look();
    for (;;) {
      let first: Queue | null = null;
      let slowest: Queue | null = null;
      for (const queue of queues) {
        if (queue.block !== null) {
          if (first === null || queue.comesBefore(first)) first = queue;
        } else if (queue.progress !== Infinity) {
          if (slowest === null || queue.progress < slowest.progress) slowest = queue;
        }
      }
      if (first === null || (slowest !== null && first.position >= slowest.progress)) {
        if (out.count > 0) this.deliver();
        return slowest?.worker ?? -1;
      }
      first.move(out);
      if (out.isFull) this.deliver();
    }
  }

  private deliver(): void {
    this.sink(this.out);
    this.out.clear();
  }
}

/** Where the merge stands in the records of one worker. */
class Queue {
  /** Holds the next record, in row `row`; null when there is none. */
  block: ClosedFlows | null = null;
  /** While there is no record. */
  progress = 0;
  position = 0;
  private firstNumber = 0;
  private row = 0;

  constructor(
    private readonly source: RecordSource,
    readonly worker: number,
  ) {}

  comesBefore(other: Queue): boolean {
    return this.position !== other.position ? this.position < other.position : this.firstNumber < other.firstNumber;
  }

  /** Looks whether there are records by now. */
  look(): void {
    // In this order: what is not there by then comes later.
    this.progress = this.source.progress;
    this.block = this.source.peek();
    this.row = 0;
    if (this.block !== null) this.readOrder(this.block);
  }

  /** Moves the next record to the end of `out`. */
  move(out: ClosedFlows): void {
    const { block } = this;
    if (block === null) return;
    out.add(block, this.row);
    if (++this.row < block.count) this.readOrder(block);
    else {
      this.source.release();
      this.look();
    }
  }

  private readOrder(block: ClosedFlows): void {
    this.position = block.positions[this.row];
    this.firstNumber = block.floats[(this.row * block.stride + Record.Words) / 2 + Extension.FirstNumber];
  }
}
