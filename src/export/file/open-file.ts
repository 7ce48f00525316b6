import { closeSync, openSync, renameSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';

import type { Compress } from './compression.js';
import { type FilePlace, LOCK_ENDING } from './file-names.js';
import { FileSink, removed } from './file-sink.js';
import { OutputError, outputErrorFrom } from '../output-error.js';
import { NOTHING_NOT_SENT, type OutputCounts } from '../output.js';
import type { RecordEncoder } from '../record-encoder.js';
import type { OctetSink } from './sink.js';
import { SinkOutput } from './sink-output.js';
import type { ExportStatistics } from '../options/statistics-record.js';

export interface OpenFileOptions {
  /** Name of the output, for faults. */
  readonly name: string;
  readonly encoderOf: (sink: OctetSink) => RecordEncoder;
  readonly isUniflow: boolean;
  readonly compress: Compress | null;
  /** The file must not be there yet. */
  readonly isNew: boolean;
  /** No pipe and no device. */
  readonly isRegular: boolean;
  readonly lock: boolean;
  readonly syncsOnClose: boolean;
}

const LOCK_MODE = 0o664;

/** One file of an output, from its creation to its end: lock, working name, content, final name. */
export class OpenFile {
  readonly output: SinkOutput;
  /** What went wrong when the file was to become complete: then its records count as lost. */
  error: OutputError | null = null;
  /** What went wrong beside it, at no record's cost. */
  fault: OutputError | null = null;
  /** There is a file under the final name. */
  isThere = false;
  readonly #place: FilePlace;
  readonly #options: OpenFileOptions;
  readonly #file: FileSink;

  /** Throws an OutputError. */
  constructor(place: FilePlace, options: OpenFileOptions) {
    const { name, encoderOf, isUniflow, compress, isNew, lock, syncsOnClose } = options;
    this.#place = place;
    this.#options = options;
    if (lock) this.#lock();
    try {
      this.#file = FileSink.open(place.workPath, { isNew: isNew || place.workPath !== place.path, syncsOnClose });
    } catch (error) {
      this.#unlock();
      throw error;
    }
    const sink = compress === null ? this.#file : compress(name, this.#file);
    this.output = new SinkOutput(name, encoderOf, sink, isUniflow, compress !== null);
  }

  /** The final name. */
  get path(): string {
    return this.#place.path;
  }

  /** Octets of the file, compressed if it is. */
  get octets(): number {
    return this.#file.octets;
  }

  counts(): OutputCounts {
    const counts = this.output.counts();
    if (this.error === null) return counts;
    const notSent = { ...NOTHING_NOT_SENT, failed: counts.offered };
    return { ...counts, exported: 0, notSent, queuedRecords: 0, queuedOctets: 0, errors: 1 };
  }

  /** Looks whether the file is still there; with `syncs` begins to force what has been written to the disk. */
  look(syncs: boolean): void {
    this.output.attempt(() => {
      this.#file.requireNamed(this.#place.workPath);
      if (syncs) this.#file.beginSync();
    });
  }

  /** Completes the file. Answers null when that is done at once, else a promise, which does not reject. */
  finish(statistics: ExportStatistics | null): Promise<void> | null {
    if (this.output.finishNow(statistics)) {
      this.#complete();
      return null;
    }
    return this.output.finish(statistics).then(async () => {
      this.#complete();
      if (this.#options.syncsOnClose) await this.#syncFolder();
    });
  }

  /** Gives the file its name; one that failed is cut behind the last complete message, or goes when it has no record. */
  #complete(): void {
    const { path: final, workPath } = this.#place;
    const { output } = this;
    try {
      if (this.#options.isRegular && !this.#file.isNamed(workPath)) throw removed(this.#options.name);
      this.isThere = output.error === null || !this.#salvage();
      if (this.isThere && workPath !== final) renameSync(workPath, final);
    } catch (error) {
      this.isThere = false;
      this.error = outputErrorFrom(error, this.#options.name, `cannot complete ${final}`);
    }
    this.#unlock();
  }

  /** Makes the best of a file that failed. Answers whether it is gone. */
  #salvage(): boolean {
    const { isRegular, isNew, compress } = this.#options;
    const { path: final, workPath } = this.#place;
    const { safe } = this.output;
    if (!isRegular) return false;
    const isGone = safe.records === 0 && (isNew || workPath !== final);
    if (isGone) rmSync(workPath, { force: true });
    else if (compress === null) truncateSync(workPath, safe.octets);
    return isGone;
  }

  #lock(): void {
    const lock = `${this.#place.path}${LOCK_ENDING}`;
    try {
      closeSync(openSync(lock, 'wx', LOCK_MODE));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw new OutputError(this.#options.name, code, `is in use: ${lock} is there`);
      throw outputErrorFrom(error, this.#options.name, `cannot create ${lock}`);
    }
  }

  #unlock(): void {
    if (!this.#options.lock) return;
    const lock = `${this.#place.path}${LOCK_ENDING}`;
    try {
      rmSync(lock, { force: true });
    } catch (error) {
      this.fault = outputErrorFrom(error, this.#options.name, `cannot remove ${lock}`);
    }
  }

  /** Without this the new name may be gone after a power cut, though the octets are not. */
  async #syncFolder(): Promise<void> {
    try {
      const { open } = await import('node:fs/promises');
      const folder = await open(path.dirname(this.#place.path));
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      this.error ??= outputErrorFrom(error, this.#options.name, `cannot sync the folder of ${this.#place.path}`);
    }
  }
}
