import type { ClosedFlows } from '../flow/closed-flows.js';
import { OutputError } from './output-error.js';
import type { Sink } from './sink.js';
import type { ExportStatistics } from './statistics-record.js';

/**
 * One place where flow records go, in one format. Nothing here throws or rejects because of what it writes to: after a
 * fault an output takes no more records, and says why in `fault`.
 */
export interface Output {
  /** As the user named it. */
  readonly name: string;
  /** Flow records written: in uniflow mode two for a biflow. */
  readonly records: number;
  /** What ended the output early, naming it and the cause; null while all is well. */
  readonly error: OutputError | null;
  /** The message of `error`. */
  readonly fault: string | null;
  /** More waits to be written than should: await `drain` before the next `write`. */
  readonly isFull: boolean;
  /** Writes a block of closed flows, which is the caller's again afterwards. */
  write(closed: ClosedFlows): void;
  drain(): Promise<void>;
  /** Writes what is left, in IPFIX with the statistics at the end, and closes. */
  finish(statistics: ExportStatistics): Promise<void>;
}

/** Turns closed flows into octets, which it hands to a sink. */
export interface RecordEncoder {
  readonly records: number;
  write(closed: ClosedFlows): void;
  finish(statistics: ExportStatistics): void;
}

/** An encoder and the sink that it writes to. */
export class SinkOutput implements Output {
  readonly name: string;
  readonly #encoder: RecordEncoder;
  readonly #sink: Sink;
  #error: OutputError | null = null;

  constructor(name: string, encoder: RecordEncoder, sink: Sink) {
    this.name = name;
    this.#encoder = encoder;
    this.#sink = sink;
  }

  get records(): number {
    return this.#encoder.records;
  }

  get error(): OutputError | null {
    return this.#error;
  }

  get fault(): string | null {
    return this.#error?.message ?? null;
  }

  get isFull(): boolean {
    return this.#error === null && this.#sink.isFull;
  }

  write(closed: ClosedFlows): void {
    if (this.#error !== null) return;
    try {
      this.#encoder.write(closed);
    } catch (error) {
      this.#fail(error);
    }
  }

  async drain(): Promise<void> {
    if (this.#error !== null) return;
    try {
      await this.#sink.drain();
    } catch (error) {
      this.#fail(error);
    }
  }

  async finish(statistics: ExportStatistics): Promise<void> {
    try {
      if (this.#error === null) this.#encoder.finish(statistics);
    } catch (error) {
      this.#fail(error);
    }
    try {
      await this.#sink.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Keeps the first fault of what is written to; any other error is one of the program. */
  #fail(error: unknown): void {
    if (!(error instanceof OutputError)) throw error;
    this.#error ??= error;
  }
}
