import type { ClosedFlows } from '../../flow/closed-flows.js';
import { F } from '../../flow/flow-record.js';
import { appendRow, ClosedSelection } from '../filter/closed-selection.js';
import { type Compress, compressorOf } from './compression.js';
import { FileNames } from './file-names.js';
import { FileSink } from './file-sink.js';
import { HookRunner } from './hook-runner.js';
import { OpenFile } from './open-file.js';
import { OutputError, outputErrorFrom } from '../output-error.js';
import { OUTPUT_FORMATS } from '../output-formats.js';
import { addCounts, NO_COUNTS, NOTHING_NOT_SENT, type Output, type OutputCounts, recordsIn } from '../output.js';
import type { OutputRequest } from '../output-request.js';
import type { RecordEncoder } from '../record-encoder.js';
import type { OctetSink } from './sink.js';
import { SinkOutput } from './sink-output.js';
import type { ExportStatistics } from '../options/statistics-record.js';

/** Pauses between tries after a fault: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Files that may be on their way to completion before the run waits for them. */
const MOST_CLOSING = 4;
/** How often a file is looked at: whether it is still there, whether it is to be forced to the disk. */
const LOOK_MS = 1_000;

/** Opens a file, or the first of several. */
export async function openFile(request: OutputRequest): Promise<Output> {
  const output = new FileOutput(request, await compressorOf(request.spec.compression));
  output.begin(Date.now());
  return output;
}

export function openStandardOutput(request: OutputRequest): Promise<Output> {
  const encoderOf = fileEncoder(request);
  const sink = FileSink.standardOutput();
  return Promise.resolve(new SinkOutput(request.spec.text, (write) => encoderOf(write, 0), sink, request.isUniflow));
}

/** Makes the content of one file. Throws a RangeError when the format has no file form. */
function fileEncoder(request: OutputRequest): (sink: OctetSink, recordsBefore: number) => RecordEncoder {
  const { format } = request.spec;
  const file = OUTPUT_FORMATS[format]?.file ?? null;
  if (file === null) throw new RangeError(`${format} cannot be written to files`);
  return (sink, recordsBefore) => file(request, sink, recordsBefore);
}

/** A file, or one after the other: by time, by size, and after a fault. */
class FileOutput implements Output {
  readonly name: string;
  #error: OutputError | null = null;
  #fault: OutputError | null = null;
  readonly #request: OutputRequest;
  readonly #compress: Compress | null;
  readonly #encoderOf: (sink: OctetSink, recordsBefore: number) => RecordEncoder;
  readonly #names: FileNames;
  readonly #hooks: HookRunner | null;
  readonly #selection = new ClosedSelection();
  /** Of rotation: length of an interval, and octets of a file; infinite when neither ends a file. */
  readonly #intervalMs: number;
  readonly #mostOctets: number;
  /** The time of the records decides, not the wall clock. */
  readonly #isReplay: boolean;
  #current: OpenFile | null = null;
  /** When the current file ends, ms since 1970. */
  #endMs = Infinity;
  #startMs = 0;
  readonly #closing = new Map<OpenFile, Promise<void>>();
  /** Counts of all files that are complete, and of records that came while there was none. */
  #done: OutputCounts = NO_COUNTS;
  #hasBegun = false;
  /** Before the next try; 0 when all is well. */
  #pauseMs = 0;
  #retryMs = Infinity;
  /** End of the last record, ms since 1970. */
  #recordMs = 0;
  #lookedMs = 0;

  /** Throws a RangeError when an option is wrong. */
  constructor(request: OutputRequest, compress: Compress | null) {
    const { spec, defaults } = request;
    const { rotate, onRotate } = spec.options;
    if (spec.target.kind !== 'file') throw new Error(`${spec.text} is no file`);
    this.name = spec.text;
    this.#request = request;
    this.#compress = compress;
    this.#encoderOf = fileEncoder(request);
    // The encoder checks its options before a file is touched.
    this.#encoderOf(() => undefined, 0);
    this.#names = new FileNames(spec.target.path, rotate !== undefined);
    this.#hooks = onRotate === undefined ? null : new HookRunner(onRotate, defaults.warn ?? (() => undefined));
    this.#intervalMs = rotate?.by === 'time' ? rotate.intervalMs : Infinity;
    this.#mostOctets = rotate?.by === 'size' ? rotate.octets : Infinity;
    this.#isReplay = defaults.isReplay ?? false;
  }

  get isUp(): boolean {
    return this.#error === null;
  }

  get error(): OutputError | null {
    return this.#error;
  }

  get fault(): OutputError | null {
    return this.#fault;
  }

  get isFull(): boolean {
    return this.#closing.size > MOST_CLOSING || this.#current?.output.isFull === true;
  }

  /** Opens the first file, unless its name wants the time of the first record. Throws an OutputError. */
  begin(nowMs: number): void {
    if (this.#isReplay && this.#names.areMade) return;
    this.#open(nowMs);
    if (this.#error !== null) throw this.#error;
  }

  write(closed: ClosedFlows): void {
    if (!this.#isReplay || !this.#names.areMade) {
      this.#write(closed);
      return;
    }
    const { floats, stride, count } = closed;
    let from = 0;
    for (let row = 0; row < count; row++) {
      const endMs = (this.#recordMs = Math.floor(floats[((row * stride) >> 1) + F.End] / 1_000));
      if (endMs < this.#endMs && (this.#current !== null || this.#error !== null)) continue;
      this.#write(this.#rows(closed, from, row));
      from = row;
      this.#rotate(endMs);
    }
    this.#write(this.#rows(closed, from, count));
  }

  async drain(): Promise<void> {
    await this.#current?.output.drain();
    this.#check();
    if (this.#closing.size > MOST_CLOSING) await Promise.race(this.#closing.values());
  }

  tick(nowMs: number): void {
    this.#look(nowMs);
    if (!this.#isReplay && this.#error === null && this.#isOver(nowMs)) this.#rotate(nowMs);
    if (this.#error === null || this.#names.isSpecial) return;
    if (this.#retryMs === Infinity) this.#retryMs = nowMs + this.#pauseMs;
    if (nowMs >= this.#retryMs) this.#open(this.#isReplay && this.#names.areMade ? this.#recordMs : nowMs);
  }

  /** Pipes and devices are opened only once. */
  get rotate(): (() => void) | undefined {
    return this.#names.isSpecial ? undefined : () => this.#rotate(Date.now());
  }

  /** The interval has passed, or the clock was set back to before it. */
  #isOver(nowMs: number): boolean {
    return nowMs >= this.#endMs || nowMs < this.#startMs - this.#intervalMs;
  }

  #look(nowMs: number): void {
    const current = this.#current;
    if (current === null) return;
    current.output.tick(nowMs);
    if (Math.abs(nowMs - this.#lookedMs) >= LOOK_MS && !this.#names.isSpecial) {
      this.#lookedMs = nowMs;
      current.look(this.#request.spec.options.fsync === 'second');
    }
    this.#check();
    if (current.output.safe.records > 0 && this.#error === null) this.#pauseMs = 0;
  }

  counts(): OutputCounts {
    const files = [...this.#closing.keys(), ...(this.#current === null ? [] : [this.#current])];
    const counts = files.map((file) => file.counts()).reduce(addCounts, this.#done);
    return { ...counts, errors: counts.errors + (this.#hooks?.failures ?? 0) };
  }

  statistics(statistics: ExportStatistics): void {
    this.#current?.output.statistics(statistics);
    this.#check();
  }

  async finish(statistics: ExportStatistics): Promise<void> {
    // Without any record there is a file all the same, with the statistics in it.
    if (!this.#hasBegun) this.#open(Date.now());
    this.#check();
    if (this.#current !== null) this.#close(this.#current, statistics);
    this.#current = null;
    while (this.#closing.size > 0) await Promise.all(this.#closing.values());
    await this.#hooks?.finish();
  }

  /** Writes to the current file; what comes while there is none is counted. */
  #write(closed: ClosedFlows): void {
    if (closed.count === 0) return;
    if (this.#current === null) {
      const failed = recordsIn(closed, this.#request.isUniflow);
      this.#done = addCounts(this.#done, { ...NO_COUNTS, offered: failed, notSent: { ...NOTHING_NOT_SENT, failed } });
      return;
    }
    this.#current.output.write(closed);
    this.#check();
    if (this.#current !== null && this.#current.octets >= this.#mostOctets) this.#endMs = -Infinity;
    if (this.#endMs === -Infinity && !this.#isReplay) this.#rotate(Date.now());
  }

  /** Rows `from` to `to` of a block, as a block. */
  #rows(closed: ClosedFlows, from: number, to: number): ClosedFlows {
    if (from === 0 && to === closed.count) return closed;
    const rows = this.#selection.begin(closed);
    for (let row = from; row < to; row++) appendRow(rows, closed, row);
    return rows;
  }

  #rotate(ms: number): void {
    if (this.#current !== null) this.#close(this.#current, this.#request.defaults.statistics?.() ?? null);
    this.#current = null;
    if (this.#error === null) this.#open(ms);
  }

  /** Opens the file in which `ms` lies; sets `error` when that fails. */
  #open(ms: number): void {
    const { spec, isUniflow } = this.#request;
    const { lock = false, fsync = 'none' } = spec.options;
    const startMs = this.#intervalMs === Infinity ? ms : Math.floor(ms / this.#intervalMs) * this.#intervalMs;
    const { offered, notSent } = this.counts();
    const isNew = this.#hasBegun;
    this.#hasBegun = true;
    this.#startMs = startMs;
    this.#endMs = startMs + this.#intervalMs;
    this.#retryMs = Infinity;
    try {
      const place = this.#names.next(startMs);
      this.#current = new OpenFile(place, {
        name: this.#names.areMade ? place.path : this.name,
        encoderOf: (sink) => this.#encoderOf(sink, offered - notSent.failed),
        isUniflow,
        compress: this.#compress,
        isNew,
        isRegular: !this.#names.isSpecial,
        lock,
        syncsOnClose: fsync !== 'none',
      });
      this.#error = null;
    } catch (error) {
      this.#failed(outputErrorFrom(error, this.name, 'cannot open'));
      this.#done = { ...this.#done, errors: this.#done.errors + 1 };
    }
  }

  /** Gives up the current file when it has failed. */
  #check(): void {
    const current = this.#current;
    if (current === null || current.output.error === null) return;
    this.#failed(current.output.error);
    this.#current = null;
    this.#close(current, null);
  }

  #failed(error: OutputError): void {
    this.#pauseMs = this.#pauseMs === 0 ? FIRST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    this.#endMs = Infinity;
    this.#error = error;
    this.#fault = error;
  }

  #close(file: OpenFile, statistics: ExportStatistics | null): void {
    const waiting = file.finish(statistics);
    if (waiting === null) this.#completed(file);
    else
      this.#closing.set(
        file,
        waiting.then(() => this.#completed(file)),
      );
  }

  #completed(file: OpenFile): void {
    this.#closing.delete(file);
    const fault = file.output.error ?? file.error ?? file.fault;
    if (fault !== null) this.#fault = fault;
    this.#done = addCounts(this.#done, file.counts());
    if (file.error === null && file.isThere) this.#hooks?.run(file.path);
  }
}
