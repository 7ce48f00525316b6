import { outputErrorFrom } from '../output-error.js';
import type { Sink } from './sink.js';

/** Octets of one frame before compression: larger ones compress little better. */
const FRAME_OCTETS = 1_048_576;
/** Frames that may be with the compressor. */
const MOST_FRAMES = 4;

/** Compresses octets, which it may keep, to one frame. */
export type CompressFrame = (octets: Uint8Array) => Promise<Uint8Array>;

/**
 * Compresses without Node.js' own zstd: each MiB becomes a frame of its own, which stand one behind the other as RFC 8878
 * §3 allows. Frames are written in order, several may be compressed at a time.
 */
export class ZstdFrameSink implements Sink {
  safeOctets = 0;
  readonly #name: string;
  readonly #sink: Sink;
  readonly #compress: CompressFrame;
  #buffer = new Uint8Array(FRAME_OCTETS);
  #filled = 0;
  #taken = 0;
  #frames = 0;
  /** Frames that have not been written. */
  #pending = 0;
  #order = Promise.resolve();
  #error: unknown = null;

  constructor(name: string, sink: Sink, compress: CompressFrame) {
    this.#name = name;
    this.#sink = sink;
    this.#compress = compress;
  }

  get isFull(): boolean {
    return this.#pending >= MOST_FRAMES;
  }

  flush(): void {
    this.#throwError();
    if (this.#filled > 0) this.#endFrame();
    const taken = this.#taken;
    this.#then(() => {
      this.#sink.flush();
      this.safeOctets = taken;
    });
  }

  write(octets: Uint8Array, from: number, to: number): void {
    this.#throwError();
    this.#taken += to - from;
    for (let at = from; at < to;) {
      const count = Math.min(to - at, FRAME_OCTETS - this.#filled);
      this.#buffer.set(octets.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === FRAME_OCTETS) this.#endFrame();
    }
  }

  async drain(): Promise<void> {
    if (this.isFull) await this.#order;
    this.#throwError();
  }

  closeNow(): boolean {
    return false;
  }

  async close(): Promise<void> {
    // No octets at all are a frame as well: an empty file would be no zstd file.
    if (this.#error === null && (this.#filled > 0 || this.#frames === 0)) this.#endFrame();
    await this.#order;
    await this.#sink.close();
    this.#throwError();
    this.safeOctets = this.#taken;
  }

  #endFrame(): void {
    const octets = this.#buffer.subarray(0, this.#filled);
    this.#buffer = new Uint8Array(FRAME_OCTETS);
    this.#filled = 0;
    this.#frames++;
    this.#pending++;
    const compressed = this.#compress(octets);
    // Looked at in its turn; until then a rejection is no unhandled one.
    compressed.catch(() => undefined);
    this.#then(async () => {
      const frame = await compressed.finally(() => this.#pending--);
      this.#sink.write(frame, 0, frame.length);
    });
  }

  /** Does it when everything before is done, unless something failed. */
  #then(action: () => void | Promise<void>): void {
    this.#order = this.#order.then(async () => {
      try {
        if (this.#error === null) await action();
      } catch (error) {
        this.#error ??= error;
      }
    });
  }

  #throwError(): void {
    if (this.#error !== null) throw outputErrorFrom(this.#error, this.#name, 'cannot compress');
  }
}
