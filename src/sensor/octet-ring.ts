import { setImmediate } from 'node:timers/promises';

import type { OctetSource } from '../capture/octet-source.js';

/**
 * A ring of octets in shared memory, from the thread that reads an input which can be read only once (a pipe, something
 * compressed) to the other workers: each reads all of them.
 *
 * Control words: octets written so far (wraps at 2^32), the inputs that have ended, a word that changes with each of these;
 * where the last inputs ended; and for each worker the octets taken and the inputs it is done with.
 */

const RING_OCTETS = 4_194_304;
const LONGEST_WAIT_MS = 100;
/** The thread that writes has other things to do as well. */
const MOMENT_MS = 2;

/** The inputs that a worker may be behind. */
const MOST_INPUTS = 64;

const WRITTEN = 0;
const ENDED = 1;
const SIGNALS = 2;
const ENDS = 3;
const WORKERS = ENDS + MOST_INPUTS;
const TAKEN = 0;
const FINISHED = 1;
const WORKER_WORDS = 2;

export interface OctetRingMemory {
  readonly control: SharedArrayBuffer;
  readonly octets: SharedArrayBuffer;
}

/** @param workers those that read from the ring */
export function allocateOctetRing(workers: number): OctetRingMemory {
  return {
    control: new SharedArrayBuffer((WORKERS + WORKER_WORDS * workers) * 4),
    octets: new SharedArrayBuffer(RING_OCTETS),
  };
}

/** The source's octets go to whoever reads it, and through the ring to the workers. */
export class TeeSource implements OctetSource {
  readonly #control: Int32Array;
  readonly #octets: Uint8Array;
  #closed = false;

  /**
   * @param meanwhile is called from time to time while workers are waited for, who may wait for something of this thread; throws
   * when one has failed, which would be waited for in vain
   */
  constructor(
    private readonly inner: OctetSource,
    memory: OctetRingMemory,
    private readonly meanwhile: () => void,
  ) {
    this.#control = new Int32Array(memory.control);
    this.#octets = new Uint8Array(memory.octets);
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    const room = this.#room();
    if (room === 0) return this.#later(target, start, end);
    const got = this.inner.read(target, start, Math.min(end, start + room));
    return typeof got === 'number' ? this.#pass(target, start, got) : got.then((n) => this.#pass(target, start, n));
  }

  rewind(): boolean {
    return false;
  }

  get fault(): string | null {
    return this.inner.fault;
  }

  get octetsRead(): number {
    return this.inner.octetsRead;
  }

  get octetsTotal(): number | null {
    return this.inner.octetsTotal;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.inner.close();
    const control = this.#control;
    control[ENDS + (control[ENDED] & (MOST_INPUTS - 1))] = control[WRITTEN];
    Atomics.add(control, ENDED, 1);
    this.#signal();
  }

  #signal(): void {
    Atomics.add(this.#control, SIGNALS, 1);
    Atomics.notify(this.#control, SIGNALS);
  }

  /** Octets that every worker has room for, after a while of waiting for some. */
  #room(): number {
    let room = RING_OCTETS;
    for (let w = WORKERS; w < this.#control.length && room > 0; w += WORKER_WORDS)
      room = Math.min(room, this.#roomFor(w));
    return room;
  }

  /** Octets that the worker with the words `w` has room for: more with time, never less. */
  #roomFor(w: number): number {
    const control = this.#control;
    for (;;) {
      const finished = Atomics.load(control, w + FINISHED);
      const taken = Atomics.load(control, w + TAKEN);
      const isFarBehind = control[ENDED] - finished >= MOST_INPUTS;
      const room = RING_OCTETS - ((control[WRITTEN] - taken) | 0);
      if (room > 0 && !isFarBehind) return room;
      const [word, value] = isFarBehind ? [w + FINISHED, finished] : [w + TAKEN, taken];
      if (Atomics.wait(control, word, value, MOMENT_MS) === 'timed-out') return 0;
    }
  }

  async #later(target: Uint8Array, start: number, end: number): Promise<number> {
    await setImmediate();
    this.meanwhile();
    return this.read(target, start, end);
  }

  #pass(from: Uint8Array, start: number, count: number): number {
    const control = this.#control;
    const at = (control[WRITTEN] >>> 0) % RING_OCTETS;
    const first = Math.min(count, RING_OCTETS - at);
    this.#octets.set(from.subarray(start, start + first), at);
    this.#octets.set(from.subarray(start + first, start + count), 0);
    Atomics.add(control, WRITTEN, count);
    this.#signal();
    return count;
  }
}

/** What a worker reads from the ring: one input. Waits by blocking. */
export class RingSource implements OctetSource {
  readonly fault = null;
  readonly octetsTotal = null;
  octetsRead = 0;
  readonly #control: Int32Array;
  readonly #octets: Uint8Array;

  /**
   * @param reader place of the worker among those that read from the ring
   * @param input place of the input among those that went through the ring, from 0
   * @param beforeWait is called before it waits: the thread that writes may wait for something of this one
   */
  constructor(
    memory: OctetRingMemory,
    private readonly reader: number,
    private readonly input: number,
    private readonly beforeWait: () => void,
  ) {
    this.#control = new Int32Array(memory.control);
    this.#octets = new Uint8Array(memory.octets);
  }

  read(target: Uint8Array, start: number, end: number): number {
    const control = this.#control;
    const word = WORKERS + WORKER_WORDS * this.reader + TAKEN;
    const taken = control[word];
    for (;;) {
      const signals = Atomics.load(control, SIGNALS);
      // In this order: what had been written before the input ended is the input's.
      const written = Atomics.load(control, WRITTEN);
      const hasEnded = Atomics.load(control, ENDED) > this.input;
      const limit = hasEnded ? control[ENDS + (this.input & (MOST_INPUTS - 1))] : written;
      const there = (limit - taken) | 0;
      if (there > 0) {
        const at = (taken >>> 0) % RING_OCTETS;
        const count = Math.min(there, end - start, RING_OCTETS - at);
        target.set(this.#octets.subarray(at, at + count), start);
        this.octetsRead += count;
        Atomics.add(control, word, count);
        Atomics.notify(control, word);
        return count;
      }
      if (hasEnded) return 0;
      this.beforeWait();
      Atomics.wait(control, SIGNALS, signals, LONGEST_WAIT_MS);
    }
  }

  rewind(): boolean {
    return false;
  }

  /** Takes what is left, so that the next input begins behind it. */
  close(): void {
    const rest = new Uint8Array(65_536);
    while (this.read(rest, 0, rest.length) > 0);
    const word = WORKERS + WORKER_WORDS * this.reader + FINISHED;
    Atomics.store(this.#control, word, this.input + 1);
    Atomics.notify(this.#control, word);
  }
}
