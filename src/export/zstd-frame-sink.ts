import { Zstd } from '@hpcc-js/wasm-zstd';

import { outputErrorFrom } from './output-error.js';
import type { Sink } from './sink.js';

/** Octets of one frame before compression: larger ones compress little better. */
const FRAME_OCTETS = 1_048_576;
const LEVEL = 3;

/**
 * Compresses without Node.js' own zstd: each MiB becomes a frame of its own, which stand one behind the other as RFC 8878
 * §3 allows. Done at once, on the calling thread, so nothing ever waits.
 */
export class ZstdFrameSink implements Sink {
  readonly isFull = false;
  safeOctets = 0;
  readonly #name: string;
  readonly #sink: Sink;
  readonly #zstd: Zstd;
  readonly #buffer = new Uint8Array(FRAME_OCTETS);
  #filled = 0;
  #frames = 0;
  #taken = 0;

  private constructor(name: string, sink: Sink, zstd: Zstd) {
    this.#name = name;
    this.#sink = sink;
    this.#zstd = zstd;
  }

  static async create(name: string, sink: Sink): Promise<ZstdFrameSink> {
    return new ZstdFrameSink(name, sink, await Zstd.load());
  }

  flush(): void {
    this.#sink.flush();
  }

  write(octets: Uint8Array, from: number, to: number): void {
    this.#taken += to - from;
    for (let at = from; at < to;) {
      const count = Math.min(to - at, FRAME_OCTETS - this.#filled);
      this.#buffer.set(octets.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === FRAME_OCTETS) this.#writeFrame();
    }
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    try {
      // No octets at all are a frame as well: an empty file would be no zstd file.
      if (this.#filled > 0 || this.#frames === 0) this.#writeFrame();
    } finally {
      await this.#sink.close();
    }
    this.safeOctets = this.#taken;
  }

  #writeFrame(): void {
    const filled = this.#filled;
    this.#filled = 0;
    this.#frames++;
    const frame = this.#compress(filled);
    this.#sink.write(frame, 0, frame.length);
  }

  #compress(octets: number): Uint8Array {
    try {
      return this.#zstd.compress(this.#buffer.subarray(0, octets), LEVEL);
    } catch (error) {
      throw outputErrorFrom(error, this.#name, 'cannot compress');
    }
  }
}
