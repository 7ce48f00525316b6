import { WINDOW_OCTETS } from '../capture/capture-reader.js';
import { PacketBatch } from '../capture/packet-batch.js';
import type { MeteringSlot } from './metering.js';

/**
 * The ring of slots through which packets go from the worker that reads them to all: each a window and the rows that
 * describe the packets in it. Slots are counted through the whole run. One is claimed, filled, published, looked at by every
 * worker in order, and free again when all are done with it. All in shared memory; what a slot holds is written by the one
 * who claimed it and by nobody else.
 */

const SLOTS = 8;
/** The most packets a window can hold: a packet record takes 16 octets at least. */
const SLOT_PACKETS = WINDOW_OCTETS / 16;
/** How often somebody who waits looks again before it sleeps: being woken costs more than the work on half a slot. */
const LOOKS = 4_000;
/** Whoever sleeps looks again after so long. */
const LONGEST_SLEEP_MS = 100;

/** Control words. */
const enum Control {
  /** Twice the slots claimed so far, plus one while any worker may claim the next: one word, so that nobody claims too late. */
  Claims,
  /** Changes whenever there may be something to do. */
  Signals,
  Sleepers,
  /** Slots of the whole run, plus one; 0 as long as there may be more. */
  Total,
  /** Behind them, for each slot of the ring: the number of the slot last published in it, plus one. */
  Published,
}
/** Behind those, for each worker. */
const enum WorkerWord {
  Done,
  Live,
  Words,
}

/** What is sent to the workers. */
export interface PacketRingMemory {
  readonly workers: number;
  readonly control: SharedArrayBuffer;
  readonly octets: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  /** Count and first packet number of each slot. */
  readonly headers: SharedArrayBuffer;
}

export function allocatePacketRing(workers: number): PacketRingMemory {
  return {
    workers,
    control: new SharedArrayBuffer((Control.Published + SLOTS + WorkerWord.Words * workers) * 4),
    octets: new SharedArrayBuffer(SLOTS * WINDOW_OCTETS),
    rows: new SharedArrayBuffer(PacketBatch.octetLength(SLOTS * SLOT_PACKETS)),
    headers: new SharedArrayBuffer(SLOTS * 2 * 8),
  };
}

/** A slot of the ring, as its place in the whole ring and as something to be filled. */
export interface RingSlot extends MeteringSlot {
  /** First octet of its window, and its first row. */
  readonly start: number;
  readonly row: number;
}

/** One worker's view of the ring. */
export class PacketRing {
  /** The whole ring as one batch: rows and offsets count through all slots, so that the passes over it are made once. */
  readonly batch: PacketBatch;
  readonly workers: number;
  private readonly control: Int32Array;
  private readonly headers: Float64Array;
  private readonly slots: readonly RingSlot[];

  constructor(memory: PacketRingMemory) {
    const { rows, workers } = memory;
    const octets = new Uint8Array(memory.octets);
    this.workers = workers;
    this.control = new Int32Array(memory.control);
    this.headers = new Float64Array(memory.headers);
    this.batch = new PacketBatch(SLOTS * SLOT_PACKETS, rows);
    this.batch.attach(octets);
    this.slots = Array.from({ length: SLOTS }, (_, i) => ({
      window: octets.subarray(i * WINDOW_OCTETS, (i + 1) * WINDOW_OCTETS),
      batch: new PacketBatch(SLOT_PACKETS, rows, i * SLOT_PACKETS, SLOTS * SLOT_PACKETS),
      start: i * WINDOW_OCTETS,
      row: i * SLOT_PACKETS,
    }));
  }

  slot(number: number): RingSlot {
    return this.slots[number % SLOTS];
  }

  /** Slots claimed so far. */
  get claimed(): number {
    return Atomics.load(this.control, Control.Claims) >>> 1;
  }

  /** Whether slot `number` can be filled: all are done with what it held, and nobody needs the end of that any more. */
  hasRoom(number: number): boolean {
    return number - this.slowestDone() < SLOTS - 1;
  }

  /** Claims slot `number` for a worker; false when it was not the next, or not for everybody. */
  claim(number: number): boolean {
    const open = 2 * number + 1;
    return Atomics.compareExchange(this.control, Control.Claims, open, open + 2) === open;
  }

  /** Claims the next slot, which is for nobody else; there has to be room. */
  claimAlone(): number {
    return Atomics.add(this.control, Control.Claims, 2) >>> 1;
  }

  /** From now on every worker may claim. */
  open(): void {
    Atomics.or(this.control, Control.Claims, 1);
    this.signal();
  }

  /** From now on no worker may claim. */
  close(): void {
    Atomics.and(this.control, Control.Claims, ~1);
  }

  /** Every worker may look at slot `number`, with `count` packets of which the first has number `firstNumber`. */
  publish(number: number, count: number, firstNumber: number): void {
    const i = number % SLOTS;
    this.headers[2 * i] = count;
    this.headers[2 * i + 1] = firstNumber;
    Atomics.store(this.control, Control.Published + i, number + 1);
    this.signal();
  }

  isPublished(number: number): boolean {
    return Atomics.load(this.control, Control.Published + (number % SLOTS)) === number + 1;
  }

  /** Packets in a slot that has been published, and the number of the first. */
  countOf(number: number): number {
    return this.headers[2 * (number % SLOTS)];
  }

  firstNumberOf(number: number): number {
    return this.headers[2 * (number % SLOTS) + 1];
  }

  /** `worker` is done with `slots` slots, and has so many live flows. */
  release(worker: number, slots: number, liveFlows: number): void {
    const word = this.workerWord(worker);
    Atomics.store(this.control, word + WorkerWord.Live, liveFlows);
    Atomics.store(this.control, word + WorkerWord.Done, slots);
    this.signal();
  }

  /** There will be no more slots than have been claimed. */
  end(): void {
    this.close();
    Atomics.store(this.control, Control.Total, this.claimed + 1);
    this.signal();
  }

  /** Whether `slots` slots were all. */
  isEnd(slots: number): boolean {
    return Atomics.load(this.control, Control.Total) === slots + 1;
  }

  get liveFlows(): number {
    let live = 0;
    for (let w = 0; w < this.workers; w++) live += Atomics.load(this.control, this.workerWord(w) + WorkerWord.Live);
    return live;
  }

  /** To be asked before looking for something to do, and given to `wait` when there was nothing. */
  get signals(): number {
    return Atomics.load(this.control, Control.Signals);
  }

  /** Tells all who wait to look again. */
  signal(): void {
    Atomics.add(this.control, Control.Signals, 1);
    if (Atomics.load(this.control, Control.Sleepers) > 0) Atomics.notify(this.control, Control.Signals);
  }

  /** Waits until there has been a signal after `signals` was asked; false when there was none for a while. */
  wait(signals: number): boolean {
    for (let n = 0; n < LOOKS; n++) if (this.signals !== signals) return true;
    Atomics.add(this.control, Control.Sleepers, 1);
    const outcome = Atomics.wait(this.control, Control.Signals, signals, LONGEST_SLEEP_MS);
    Atomics.sub(this.control, Control.Sleepers, 1);
    return outcome !== 'timed-out';
  }

  private slowestDone(): number {
    let slowest = Infinity;
    for (let w = 0; w < this.workers; w++) {
      slowest = Math.min(slowest, Atomics.load(this.control, this.workerWord(w) + WorkerWord.Done));
    }
    return slowest;
  }

  private workerWord(worker: number): number {
    return Control.Published + SLOTS + WorkerWord.Words * worker;
  }
}
