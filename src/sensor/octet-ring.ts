import type { OctetSource } from '../capture/octet-source.js';
import { setImmediate } from 'node:timers/promises';

/**
 * A ring of octets in shared memory, from the thread that reads an input which can be read only once (a pipe, something
 * compressed) to the other workers: each reads all of them.
 *
 * Control words: octets written so far (wraps at 2^32), the inputs that have ended, and for each worker the octets taken.
 */

const RING_OCTETS = 4_194_304;
const LONGEST_WAIT_MS = 100;

const WRITTEN = 0;
const ENDED = 1;
const TAKEN = 2;

export interface OctetRingMemory {
  readonly control: SharedArrayBuffer;
  readonly octets: SharedArrayBuffer;
}

/** @param workers those that read from the ring */
export function allocateOctetRing(workers: number): OctetRingMemory {
  return {
    control: new SharedArrayBuffer((TAKEN + workers) * 4),
    octets: new SharedArrayBuffer(RING_OCTETS),
  };
}

/** The source's octets go to whoever reads it, and through the ring to the workers. */
export class TeeSource implements OctetSource {
  readonly #control: Int32Array;
  readonly #octets: Uint8Array;
  #closed = false;

  /** @param check throws when a worker has failed, which would be waited for in vain */
  constructor(
    private readonly inner: OctetSource,
    memory: OctetRingMemory,
    private readonly check: () => void,
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
    Atomics.add(this.#control, ENDED, 1);
    Atomics.notify(this.#control, WRITTEN);
  }

  /** Octets that every worker has room for; waits a while for some. */
  #room(): number {
    const control = this.#control;
    for (;;) {
      const written = control[WRITTEN];
      let room = RING_OCTETS;
      let slowest = TAKEN;
      for (let w = TAKEN; w < control.length; w++) {
        const left = RING_OCTETS - ((written - Atomics.load(control, w)) | 0);
        if (left >= room) continue;
        room = left;
        slowest = w;
      }
      if (room > 0) return room;
      const taken = (written - RING_OCTETS) | 0;
      if (Atomics.wait(control, slowest, taken, LONGEST_WAIT_MS) === 'timed-out') return 0;
    }
  }

  async #later(target: Uint8Array, start: number, end: number): Promise<number> {
    await setImmediate();
    this.check();
    return this.read(target, start, end);
  }

  #pass(from: Uint8Array, start: number, count: number): number {
    const control = this.#control;
    const at = (control[WRITTEN] >>> 0) % RING_OCTETS;
    const first = Math.min(count, RING_OCTETS - at);
    this.#octets.set(from.subarray(start, start + first), at);
    this.#octets.set(from.subarray(start + first, start + count), 0);
    Atomics.add(control, WRITTEN, count);
    Atomics.notify(control, WRITTEN);
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
   */
  constructor(
    memory: OctetRingMemory,
    private readonly reader: number,
    private readonly input: number,
  ) {
    this.#control = new Int32Array(memory.control);
    this.#octets = new Uint8Array(memory.octets);
  }

  read(target: Uint8Array, start: number, end: number): number {
    const control = this.#control;
    const taken = control[TAKEN + this.reader];
    for (;;) {
      const ended = Atomics.load(control, ENDED);
      const written = Atomics.load(control, WRITTEN);
      const there = (written - taken) | 0;
      if (there > 0) {
        const at = (taken >>> 0) % RING_OCTETS;
        const count = Math.min(there, end - start, RING_OCTETS - at);
        target.set(this.#octets.subarray(at, at + count), start);
        this.octetsRead += count;
        Atomics.add(control, TAKEN + this.reader, count);
        Atomics.notify(control, TAKEN + this.reader);
        return count;
      }
      if (ended > this.input) return 0;
      Atomics.wait(control, WRITTEN, written, LONGEST_WAIT_MS);
    }
  }

  rewind(): boolean {
    return false;
  }

  /** Takes what is left, so that the next input begins behind it. */
  close(): void {
    const rest = new Uint8Array(65_536);
    while (this.read(rest, 0, rest.length) > 0);
  }
}
