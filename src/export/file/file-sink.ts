import { closeSync, fstatSync, fsync, openSync, statSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

import { OutputError, outputErrorFrom } from '../output-error.js';
import type { Sink } from './sink.js';

const BUFFER_OCTETS = 524_288;
const STANDARD_OUTPUT = 1;
/** Pause between tries when a pipe that does not block is full. */
const FULL_PIPE_PAUSE_MS = 5;

const pause = new Int32Array(new SharedArrayBuffer(4));
const synchronize = promisify(fsync);

export interface FileSinkOptions {
  /** The file must not be there; else one that is there is emptied. Default: false. */
  readonly isNew?: boolean;
  /** Octets are forced to the disk before the file is closed. Default: false. */
  readonly syncsOnClose?: boolean;
}

/** A file, or standard output, written synchronously in large pieces. */
export class FileSink implements Sink {
  readonly isFull = false;
  safeOctets = 0;
  readonly #name: string;
  readonly #syncsOnClose: boolean;
  /** By which the file is known, whatever becomes of its name. */
  readonly #inode: number;
  readonly #device: number;
  readonly #buffer = new Uint8Array(BUFFER_OCTETS);
  #filled = 0;
  /** null when closed. */
  #descriptor: number | null;
  /** A file that could not be written to is not tried again: the place that was reached is not known. */
  #error: OutputError | null = null;
  #syncing: Promise<void> | null = null;

  private constructor(name: string, descriptor: number, syncsOnClose: boolean) {
    this.#name = name;
    this.#descriptor = descriptor;
    this.#syncsOnClose = syncsOnClose;
    ({ ino: this.#inode, dev: this.#device } = fstatSync(descriptor));
  }

  /** Creates the file, or empties the one that is there. Throws an OutputError. */
  static open(path: string, options: FileSinkOptions = {}): FileSink {
    try {
      return new FileSink(path, openSync(path, options.isNew === true ? 'wx' : 'w'), options.syncsOnClose ?? false);
    } catch (error) {
      throw outputErrorFrom(error, path, 'cannot open');
    }
  }

  static standardOutput(): FileSink {
    return new FileSink('standard output', STANDARD_OUTPUT, false);
  }

  /** Whether that name is, or leads to, this file. Throws an error of the file system when a folder on the way is closed to us. */
  isNamed(path: string): boolean {
    const named = statSync(path, { throwIfNoEntry: false });
    return named !== undefined && named.ino === this.#inode && named.dev === this.#device;
  }

  /** Octets taken. */
  get octets(): number {
    return this.safeOctets + this.#filled;
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

  /** Throws an OutputError when the file has that name no more, or nobody can tell: what is written from now on would be lost. */
  requireNamed(path: string): void {
    this.#requireSound();
    let isNamed: boolean;
    try {
      isNamed = this.isNamed(path);
    } catch (error) {
      throw this.#failed(error, 'cannot look at');
    }
    if (!isNamed) throw this.#failed(removed(this.#name), '');
  }

  /** Begins to force what has been written to the disk, off this thread, unless that is under way; a fault comes with the next call. */
  beginSync(): void {
    const descriptor = this.#descriptor;
    if (descriptor === null || this.#syncing !== null) return;
    this.#syncing = synchronize(descriptor)
      .catch((error: unknown) => void this.#failed(error, 'cannot sync'))
      .finally(() => (this.#syncing = null));
  }

  closeNow(): boolean {
    if (this.#syncsOnClose || this.#syncing !== null) return false;
    this.#close();
    return true;
  }

  async close(): Promise<void> {
    if (this.#descriptor !== null && this.#error === null && this.#syncsOnClose) {
      try {
        this.#flush();
        await synchronize(this.#descriptor);
      } catch (error) {
        this.#failed(error, 'cannot sync');
      }
    }
    // The number of a closed file may be another one's.
    await this.#syncing;
    this.#close();
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

/** The fault of a file whose name has gone. */
export function removed(name: string): OutputError {
  return new OutputError(name, 'ENOENT', 'was removed while it was written');
}
