import type { ClosedFlows } from '../flow/closed-flows.js';
import type { ExportStatistics } from './options/statistics-record.js';

/** Turns closed flows into octets, which it hands to a sink: the content of one file, or of standard output. */
export interface RecordEncoder {
  /** Flow records encoded, whether handed over yet or not. While it hands over octets: those that end with them. */
  readonly records: number;
  /** Values of metadata that were cut or left out for a record to fit a message; where that cannot be, it is not there. */
  readonly shortened?: number;
  /** Each piece that is handed over is a message. */
  readonly hasMessages: boolean;
  write(closed: ClosedFlows): void;
  /** Hands over what is complete: the message under way, or whole lines. */
  flush(): void;
  /** Writes the statistics, where the format has a record for them. */
  statistics(statistics: ExportStatistics): void;
  /** Writes the end of a file, with the statistics where they are known, and hands over everything. */
  finish(statistics: ExportStatistics | null): void;
}
