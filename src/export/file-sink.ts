import { closeSync, openSync, writeSync } from 'node:fs';

import { OutputError, outputErrorFrom } from './output-error.js';
import type { Sink } from './sink.js';

const BUFFER_OCTETS = 524_288;
const STANDARD_OUTPUT = 1;
/** Pause between tries when a pipe that does not block is full. */
const FULL_PIPE_PAUSE_MS = 5;

const pause = new Int32Array(new SharedArrayBuffer(4));

/** A file, or standard output, written synchronously in large pieces. */
export class FileSink implements Sink {
  readonly isFull = false;
  safeOctets = 0;
  readonly #name: string;
  readonly #buffer = new Uint8Array(BUFFER_OCTETS);
  #filled = 0;
  /** null when closed. */
  #descriptor: number | null;
  /** A file that could not be written to is not tried again: the place that was reached is not known. */
  #error: OutputError | null = null;

  private constructor(name: string, descriptor: number) {
    this.#name = name;
    this.#descriptor = descriptor;
  }

  /** Creates the file, or empties the one that is there. Throws an OutputError. */
  static open(path: string): FileSink {
    try {
      return new FileSink(path, openSync(path, 'w'));
    } catch (error) {
      throw outputErrorFrom(error, path, 'cannot open');
    }
  }

  static standardOutput(): FileSink {
    return new FileSink('standard output', STANDARD_OUTPUT);
  }

  write(octets: Uint8Array, from: number, to: number): void {
    this.#requireSound();
    if (this.#filled + to - from > BUFFER_OCTETS) this.#flush();
    if (to - from > BUFFER_OCTETS) {
      this.#writeThrough(octets, from, to);
      return;
    }
    this.#buffer.set(octets.subarray(from, to), this.#filled);
    this.#filled += to - from;
  }

  flush(): void {
    this.#requireSound();
    this.#flush();
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#close();
      resolve();
    });
  }

  #close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    try {
      this.#requireSound();
      this.#flush();
    } finally {
      this.#descriptor = null;
      if (descriptor !== STANDARD_OUTPUT) this.#closeFile(descriptor);
    }
  }

  #requireSound(): void {
    if (this.#error !== null) throw this.#error;
    if (this.#descriptor === null) throw new OutputError(this.#name, null, 'is closed');
  }

  #flush(): void {
    this.#writeThrough(this.#buffer, 0, this.#filled);
    this.#filled = 0;
  }

  #writeThrough(octets: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to;) {
      try {
        const written = writeSync(this.#descriptor!, octets, at, to - at);
        at += written;
        this.safeOctets += written;
      } catch (error) {
        // Another process that shares the pipe may have made it non-blocking: wait for its reader as a blocking one would.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') Atomics.wait(pause, 0, 0, FULL_PIPE_PAUSE_MS);
        else throw this.#failed(error, 'cannot write');
      }
    }
  }

  #closeFile(descriptor: number): void {
    try {
      closeSync(descriptor);
    } catch (error) {
      throw this.#failed(error, 'cannot close');
    }
  }

  #failed(error: unknown, action: string): OutputError {
    this.#error ??= outputErrorFrom(error, this.#name, action);
    return this.#error;
  }
}
