import type { ClosedFlows } from '../../flow/closed-flows.js';
import { appendRow, ClosedSelection } from './closed-selection.js';
import { type FilterProgram, holds } from './filter-evaluation.js';
import type { OutputError } from '../output-error.js';
import { type Output, type OutputCounts, recordsIn } from '../output.js';
import type { ExportStatistics } from '../options/statistics-record.js';

/** An output that gets only flows for which a filter holds. */
export class FilteredOutput implements Output {
  readonly #output: Output;
  readonly #filter: FilterProgram;
  readonly #isUniflow: boolean;
  readonly #selection = new ClosedSelection();
  #filtered = 0;

  constructor(output: Output, filter: FilterProgram, isUniflow: boolean) {
    this.#output = output;
    this.#filter = filter;
    this.#isUniflow = isUniflow;
  }

  get name(): string {
    return this.#output.name;
  }

  get isUp(): boolean {
    return this.#output.isUp;
  }

  get isUntried(): boolean {
    return this.#output.isUntried ?? false;
  }

  get error(): OutputError | null {
    return this.#output.error;
  }

  get fault(): OutputError | null {
    return this.#output.fault;
  }

  get isFull(): boolean {
    return this.#output.isFull;
  }

  write(closed: ClosedFlows): void {
    const chosen = this.#selection.begin(closed);
    for (let row = 0; row < closed.count; row++) {
      if (holds(this.#filter, closed, row)) appendRow(chosen, closed, row);
    }
    this.#filtered += recordsIn(closed, this.#isUniflow) - recordsIn(chosen, this.#isUniflow);
    if (chosen.count > 0) this.#output.write(chosen);
  }

  drain(): Promise<void> {
    return this.#output.drain();
  }

  tick(nowMs: number): void {
    this.#output.tick(nowMs);
  }

  /** As far as the output does it. */
  get rotate(): (() => void) | undefined {
    return this.#output.rotate?.bind(this.#output);
  }

  get announce(): (() => void) | undefined {
    return this.#output.announce?.bind(this.#output);
  }

  counts(): OutputCounts {
    const counts = this.#output.counts();
    return { ...counts, offered: counts.offered + this.#filtered, filtered: counts.filtered + this.#filtered };
  }

  statistics(statistics: ExportStatistics): void {
    this.#output.statistics(statistics);
  }

  finish(statistics: ExportStatistics, giveUp?: AbortSignal): Promise<void> {
    return this.#output.finish(statistics, giveUp);
  }
}
