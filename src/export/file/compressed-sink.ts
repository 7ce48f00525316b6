import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import * as zlib from 'node:zlib';

import { outputErrorFrom } from '../output-error.js';
import type { Sink } from './sink.js';

/** Octets that may wait for the compressor. */
const WAITING_OCTETS = 2_097_152;
const CHUNK_OCTETS = 262_144;
/** From here on levels cost much more time than they save octets of flow records. */
const GZIP_LEVEL = 3;

/** A compressor of node:zlib. */
export type Compressor = Transform & { flush(callback: () => void): void };

/** Options that the type declarations leave out: the compressors are streams, and take a stream's options too. */
type CompressorOptions = zlib.ZlibOptions & { readonly highWaterMark: number };

const STREAM_OPTIONS: CompressorOptions = { chunkSize: CHUNK_OCTETS, highWaterMark: WAITING_OCTETS };

export function createGzip(): Compressor {
  return zlib.createGzip({ ...STREAM_OPTIONS, level: GZIP_LEVEL });
}

/** The zstd compressor of Node.js itself, or null: it is there from 22.15 on. */
export function createZstd(): Compressor | null {
  const { createZstdCompress } = zlib as { createZstdCompress?: (options: CompressorOptions) => Compressor };
  return createZstdCompress?.(STREAM_OPTIONS) ?? null;
}

/**
 * Compresses on Node.js' thread pool, and writes what comes out to another sink. Octets wait in memory while the
 * compressor is behind: who awaits `drain` when `isFull` keeps that to a few MiB.
 */
export class CompressedSink implements Sink {
  safeOctets = 0;
  readonly #name: string;
  readonly #sink: Sink;
  readonly #compressor: Compressor;
  #error: unknown = null;
  #taken = 0;
  #flushed = 0;

  constructor(name: string, sink: Sink, compressor: Compressor) {
    this.#name = name;
    this.#sink = sink;
    this.#compressor = compressor;
    compressor.on('data', (chunk: Buffer) => {
      try {
        sink.write(chunk, 0, chunk.length);
      } catch (error) {
        this.#fail(error);
      }
    });
    compressor.on('error', (error) => {
      this.#fail(error);
    });
  }

  get isFull(): boolean {
    return this.#compressor.writableNeedDrain;
  }

  flush(): void {
    this.#throwError();
    const taken = this.#taken;
    if (taken === this.#flushed) return;
    this.#flushed = taken;
    // By then everything up to here has come out, and gone to the sink.
    this.#compressor.flush(() => {
      try {
        this.#sink.flush();
        this.safeOctets = taken;
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  write(octets: Uint8Array, from: number, to: number): void {
    this.#throwError();
    this.#taken += to - from;
    this.#compressor.write(Buffer.from(octets.subarray(from, to)));
  }

  async drain(): Promise<void> {
    const compressor = this.#compressor;
    if (this.#error === null && compressor.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          compressor.off('drain', done).off('close', done);
          resolve();
        };
        compressor.on('drain', done).on('close', done);
      });
    }
    this.#throwError();
  }

  closeNow(): boolean {
    return false;
  }

  async close(): Promise<void> {
    try {
      if (this.#error === null) {
        this.#compressor.end();
        await finished(this.#compressor);
      }
    } catch (error) {
      this.#fail(error);
    }
    await this.#sink.close();
    this.#throwError();
    this.safeOctets = this.#taken;
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#compressor.destroy();
  }

  #throwError(): void {
    if (this.#error !== null) throw outputErrorFrom(this.#error, this.#name, 'cannot compress');
  }
}
