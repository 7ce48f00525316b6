import type { ClosedFlows } from '../flow/closed-flows.js';
import { OutputError } from './output-error.js';
import { NO_COUNTS, NOTHING_NOT_SENT, type Output, type OutputCounts, recordsIn } from './output.js';
import type { RecordEncoder } from './record-encoder.js';
import { SafeRecords } from './safe-records.js';
import type { OctetSink, Sink } from './sink.js';
import type { ExportStatistics } from './statistics-record.js';

/** What has been written reaches its target at least this often. */
const FLUSH_MS = 1_000;

/** An encoder and the sink that it writes to, until the first fault. */
export class SinkOutput implements Output {
  readonly name: string;
  readonly #encoder: RecordEncoder;
  readonly #sink: Sink;
  readonly #isUniflow: boolean;
  readonly #safe = new SafeRecords();
  #error: OutputError | null = null;
  #offered = 0;
  /** Octets handed to the sink. */
  #octets = 0;
  #messages = 0;
  #flushMs = -Infinity;
  #isFinished = false;

  /**
   * @param encoderOf makes the encoder, which writes to the sink it is given
   * @param isUniflow the encoder makes two records of a biflow
   */
  constructor(name: string, encoderOf: (sink: OctetSink) => RecordEncoder, sink: Sink, isUniflow: boolean) {
    this.name = name;
    this.#sink = sink;
    this.#isUniflow = isUniflow;
    this.#encoder = encoderOf((octets, from, to) => {
      sink.write(octets, from, to);
      this.#octets += to - from;
      this.#messages++;
      this.#safe.note(this.#octets, this.#encoder.records);
      this.#safe.reach(sink.safeOctets);
    });
  }

  get isUp(): boolean {
    return this.#error === null;
  }

  get error(): OutputError | null {
    return this.#error;
  }

  get fault(): OutputError | null {
    return this.#error;
  }

  get isFull(): boolean {
    return this.#error === null && this.#sink.isFull;
  }

  write(closed: ClosedFlows): void {
    this.#offered += recordsIn(closed, this.#isUniflow);
    if (this.#error === null) this.#try(() => this.#encoder.write(closed));
  }

  async drain(): Promise<void> {
    if (this.#error !== null) return;
    try {
      await this.#sink.drain();
    } catch (error) {
      this.#fail(error);
    }
  }

  tick(nowMs: number): void {
    if (this.#error !== null || nowMs - this.#flushMs < FLUSH_MS) return;
    this.#flushMs = nowMs;
    this.#try(() => {
      this.#encoder.flush();
      this.#sink.flush();
      this.#safe.reach(this.#sink.safeOctets);
    });
  }

  counts(): OutputCounts {
    const { records } = this.#safe;
    // Whatever is neither here nor there when all is done makes the ledger unbalanced.
    const waiting = this.#error === null && !this.#isFinished ? this.#offered - records : 0;
    return {
      ...NO_COUNTS,
      offered: this.#offered,
      exported: records,
      notSent: { ...NOTHING_NOT_SENT, failed: this.#error === null ? 0 : this.#offered - records },
      queuedRecords: waiting,
      queuedOctets: this.#error === null ? this.#octets - this.#sink.safeOctets : 0,
      messages: this.#encoder.hasMessages ? this.#messages : 0,
      octets: this.#sink.safeOctets,
      errors: this.#error === null ? 0 : 1,
    };
  }

  statistics(statistics: ExportStatistics): void {
    if (this.#error === null) this.#try(() => this.#encoder.statistics(statistics));
  }

  async finish(statistics: ExportStatistics): Promise<void> {
    if (this.#error === null) this.#try(() => this.#encoder.finish(statistics));
    try {
      await this.#sink.close();
      if (this.#error === null) this.#safe.reach(this.#sink.safeOctets);
    } catch (error) {
      this.#fail(error);
    }
    this.#isFinished = true;
  }

  #try(action: () => void): void {
    try {
      action();
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
