import { setImmediate } from 'node:timers/promises';
import { WINDOW_OCTETS } from '../capture/capture-reader.js';
import { PacketBatch } from '../capture/packet-batch.js';
import type { MeteringSlot } from './metering.js';

/**
 * The ring of slots that the reading thread fills and all workers look at: each worker reads every slot, in order, and
 * meters the packets that are its own. All in shared memory; a worker never writes to a slot.
 *
 * Control words: how many slots have been filled so far and whether that was all, how often workers told of free slots,
 * and the slots done and the live flows of each worker. The reader refills a slot when every worker is done with it.
 */

const SLOTS = 16;
/** A worker tells the reader of this many free slots at a time: being woken costs the reader more than a slot's work. */
const SLOTS_PER_NOTICE = 4;
const LONGEST_BLOCK_MS = 100;
/** The most packets a window can hold: a packet record takes 16 octets at least. */
const SLOT_PACKETS = WINDOW_OCTETS / 16;

/** Twice the slots filled so far, plus one when there will be no more: one word, so that nobody sees one without the other. */
const CONTROL_FILLED = 0;
const CONTROL_NOTICES = 1;
const CONTROL_WORKERS = 2;
const WORKER_DONE = 0;
const WORKER_LIVE = 1;
const WORKER_WORDS = 2;

/** What is sent to the workers. */
export interface SharedSlotsMemory {
  readonly control: SharedArrayBuffer;
  readonly windows: readonly SharedArrayBuffer[];
  readonly batches: readonly SharedArrayBuffer[];
  /** Count and first number of each slot's batch. */
  readonly headers: SharedArrayBuffer;
}

export function allocateSharedSlots(workers: number): SharedSlotsMemory {
  const each = (octets: number): SharedArrayBuffer[] =>
    Array.from({ length: SLOTS }, () => new SharedArrayBuffer(octets));
  return {
    control: new SharedArrayBuffer((CONTROL_WORKERS + WORKER_WORDS * workers) * 4),
    windows: each(WINDOW_OCTETS),
    batches: each(PacketBatch.octetLength(SLOT_PACKETS)),
    headers: new SharedArrayBuffer(SLOTS * 2 * 8),
  };
}

class SlotView {
  protected readonly control: Int32Array;
  protected readonly slots: readonly MeteringSlot[];
  protected readonly headers: Float64Array;

  constructor(memory: SharedSlotsMemory) {
    this.control = new Int32Array(memory.control);
    this.headers = new Float64Array(memory.headers);
    this.slots = memory.windows.map((window, i) => ({
      window: new Uint8Array(window),
      batch: new PacketBatch(SLOT_PACKETS, memory.batches[i]),
    }));
  }
}

/** The reading thread's side. */
export class SlotWriter extends SlotView {
  private filled = 0;

  constructor(
    memory: SharedSlotsMemory,
    private readonly workers: number,
  ) {
    super(memory);
  }

  /**
   * The next slot to fill, when all workers are done with what it held. Waits by blocking, since being woken any other way
   * costs more than the work on a slot; after a while without a free slot a promise lets other events have their turn.
   */
  next(): MeteringSlot | Promise<MeteringSlot> {
    for (;;) {
      const notices = Atomics.load(this.control, CONTROL_NOTICES);
      if (this.filled - this.slowestDone() < SLOTS) return this.slots[this.filled % SLOTS];
      if (Atomics.wait(this.control, CONTROL_NOTICES, notices, LONGEST_BLOCK_MS) === 'timed-out') return this.later();
    }
  }

  /** Hands the slot last given by `next` to the workers. */
  commit({ batch }: MeteringSlot): void {
    const i = this.filled % SLOTS;
    this.headers[2 * i] = batch.count;
    this.headers[2 * i + 1] = batch.firstNumber;
    this.filled++;
    Atomics.store(this.control, CONTROL_FILLED, 2 * this.filled);
    Atomics.notify(this.control, CONTROL_FILLED);
  }

  /** There will be no more slots. */
  end(): void {
    Atomics.store(this.control, CONTROL_FILLED, 2 * this.filled + 1);
    Atomics.notify(this.control, CONTROL_FILLED);
  }

  get liveFlows(): number {
    let live = 0;
    for (let w = 0; w < this.workers; w++) live += Atomics.load(this.control, workerWord(w) + WORKER_LIVE);
    return live;
  }

  private slowestDone(): number {
    let slowest = Infinity;
    for (let w = 0; w < this.workers; w++) {
      slowest = Math.min(slowest, Atomics.load(this.control, workerWord(w) + WORKER_DONE));
    }
    return slowest;
  }

  private async later(): Promise<MeteringSlot> {
    await setImmediate();
    return this.next();
  }
}

/** A worker's side. */
export class SlotReader extends SlotView {
  private done = 0;

  constructor(
    memory: SharedSlotsMemory,
    private readonly worker: number,
  ) {
    super(memory);
  }

  /** The next filled slot; waits for it. Null when there are no more. */
  take(): MeteringSlot | null {
    for (;;) {
      const filled = Atomics.load(this.control, CONTROL_FILLED);
      if (filled >>> 1 > this.done) {
        const i = this.done % SLOTS;
        const slot = this.slots[i];
        slot.batch.attach(slot.window);
        slot.batch.count = this.headers[2 * i];
        slot.batch.firstNumber = this.headers[2 * i + 1];
        return slot;
      }
      if (filled & 1) return null;
      Atomics.wait(this.control, CONTROL_FILLED, filled);
    }
  }

  release(liveFlows: number): void {
    this.done++;
    const word = workerWord(this.worker);
    Atomics.store(this.control, word + WORKER_LIVE, liveFlows);
    Atomics.store(this.control, word + WORKER_DONE, this.done);
    if (this.done % SLOTS_PER_NOTICE !== 0) return;
    Atomics.add(this.control, CONTROL_NOTICES, 1);
    Atomics.notify(this.control, CONTROL_NOTICES);
  }
}

function workerWord(worker: number): number {
  return CONTROL_WORKERS + WORKER_WORDS * worker;
}
