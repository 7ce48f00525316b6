import type { ClosedFlows } from '../../flow/closed-flows.js';
import { OutputError } from '../output-error.js';
import { NO_COUNTS, NOTHING_NOT_SENT, type Output, type OutputCounts, recordsIn } from '../output.js';
import type { RecordEncoder } from '../record-encoder.js';
import { SafeRecords } from './safe-records.js';
import type { OctetSink, Sink } from './sink.js';
import type { ExportStatistics } from '../options/statistics-record.js';

/** What has been written reaches its target at least this often; ending a compressed block costs some of what it saves. */
const FLUSH_MS = 1_000;
const COMPRESSED_FLUSH_MS = 10_000;

/** An encoder and the sink that it writes to, until the first fault. */
export class SinkOutput implements Output {
  readonly name: string;
  readonly #encoder: RecordEncoder;
  readonly #sink: Sink;
  readonly #isUniflow: boolean;
  /** What has reached the target. */
  readonly safe = new SafeRecords();
  #error: OutputError | null = null;
  #offered = 0;
  /** Octets handed to the sink. */
  #octets = 0;
  #messages = 0;
  readonly #flushEveryMs: number;
  #flushMs = -Infinity;
  /** The encoder has written the end; then the sink has been closed. */
  #isEnded = false;
  #isFinished = false;

  /**
   * @param encoderOf makes the encoder, which writes to the sink it is given
   * @param isUniflow the encoder makes two records of a biflow
   * @param isCompressed the sink compresses
   */
  constructor(
    name: string,
    encoderOf: (sink: OctetSink) => RecordEncoder,
    sink: Sink,
    isUniflow: boolean,
    isCompressed = false,
  ) {
    this.name = name;
    this.#flushEveryMs = isCompressed ? COMPRESSED_FLUSH_MS : FLUSH_MS;
    this.#sink = sink;
    this.#isUniflow = isUniflow;
    this.#encoder = encoderOf((octets, from, to) => {
      sink.write(octets, from, to);
      this.#octets += to - from;
      this.#messages++;
      this.safe.note(this.#octets, this.#encoder.records);
      this.safe.reach(sink.safeOctets);
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
    this.attempt(() => this.#encoder.write(closed));
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
    if (this.#error !== null || nowMs - this.#flushMs < this.#flushEveryMs) return;
    this.#flushMs = nowMs;
    this.attempt(() => {
      this.#encoder.flush();
      this.#sink.flush();
      this.safe.reach(this.#sink.safeOctets);
    });
  }

  counts(): OutputCounts {
    const { records } = this.safe;
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
      shortened: this.#encoder.shortened ?? 0,
      errors: this.#error === null ? 0 : 1,
    };
  }

  statistics(statistics: ExportStatistics): void {
    this.attempt(() => this.#encoder.statistics(statistics));
  }

  async finish(statistics: ExportStatistics | null): Promise<void> {
    if (this.finishNow(statistics)) return;
    try {
      await this.#sink.close();
    } catch (error) {
      this.#fail(error);
    }
    this.#settle();
  }

  /** What `finish` does, done when this returns; or false when the sink has yet to be closed by `finish`. */
  finishNow(statistics: ExportStatistics | null): boolean {
    if (!this.#isEnded) this.attempt(() => this.#encoder.finish(statistics));
    this.#isEnded = true;
    let isClosed = false;
    this.attempt(() => (isClosed = this.#sink.closeNow()));
    if (isClosed) this.#settle();
    return isClosed;
  }

  #settle(): void {
    if (this.#error === null) this.safe.reach(this.#sink.safeOctets);
    this.#isFinished = true;
  }

  /** Does something with what is written to, unless that has failed; a fault of it is one of this output. */
  attempt(action: () => void): void {
    if (this.#error !== null) return;
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
    this.safe.reach(this.#sink.safeOctets);
  }
}
