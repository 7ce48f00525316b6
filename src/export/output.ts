import { ClosedW, type ClosedFlows } from '../flow/closed-flows.js';
import { Present } from '../flow/flow-field.js';
import type { OutputError } from './output-error.js';
import type { ExportStatistics } from './options/statistics-record.js';

/**
 * One place where flow records go, in one format. Nothing here throws or rejects because of what it writes to: after a
 * fault an output counts what it cannot take, tells why in `error`, and takes records again when it can.
 */
export interface Output {
  /** As the user named it. */
  readonly name: string;
  /** Records are taken and reach their target now. A network output that only queues and spools is not up. */
  readonly isUp: boolean;
  /** Nobody knows yet whether records reach their target: the first attempt is under way. */
  readonly isUntried?: boolean;
  /** Why it takes no records now, naming it and the cause; null while it takes them. What it is handed then counts as `notSent.failed`. */
  readonly error: OutputError | null;
  /** The last fault, kept after a recovery; null when all has been well. */
  readonly fault: OutputError | null;
  /** More waits to be written than should: await `drain` before the next `write`. Outputs with a queue of their own never are. */
  readonly isFull: boolean;
  /** Writes a block of closed flows, which is the caller's again afterwards. */
  write(closed: ClosedFlows): void;
  drain(): Promise<void>;
  /**
   * Does what is due: flushes what has waited for a second, rotates, refreshes Templates, tries again after a fault.
   * Called at least four times a second. Outputs have no timers of their own but those of their connections.
   * @param nowMs the wall clock, ms since 1970
   */
  tick(nowMs: number): void;
  /** Ends the file and begins the next one now; what writes no files does not have it. */
  readonly rotate?: (() => void) | undefined;
  /** Sends all Templates now; what has none does not have it. */
  readonly announce?: (() => void) | undefined;
  counts(): OutputCounts;
  /** Sends the exporter's statistics, where the format has a record for them. */
  statistics(statistics: ExportStatistics): void;
  /**
   * Writes what is left, in IPFIX with the statistics at the end, and closes.
   * @param giveUp given when there is no more time: what has not been sent by then is counted, and left for the next run
   *   where it can be
   */
  finish(statistics: ExportStatistics, giveUp?: AbortSignal): Promise<void>;
}

/** Why records were not sent. */
export interface NotSentCounts {
  /** The queue was full. */
  readonly queueFull: number;
  /** The spool on disk was full: the oldest went. */
  readonly spoolFull: number;
  /** The format cannot carry them. */
  readonly unsupported: number;
  /** The output had failed, or failed with them. */
  readonly failed: number;
}

/**
 * What became of the records that an output was handed. A record is what a closed flow becomes here: one, in uniflow mode
 * two for a biflow. `offered = exported + filtered + notSent (all reasons) + queuedRecords + spooledRecords`.
 */
export interface OutputCounts {
  readonly offered: number;
  /** Written to the file, or handed to the peer (with UDP: to the kernel). */
  readonly exported: number;
  /** Left out by the output's own filter. */
  readonly filtered: number;
  readonly notSent: NotSentCounts;
  /** Sent once more after a lost connection, so that the peer may have them twice; `exported` counts them once. */
  readonly repeated: number;
  /** Of those offered, what an earlier run has left in the spool: no flow of this run became them. */
  readonly recovered: number;
  /** In memory, not yet written or sent. */
  readonly queuedRecords: number;
  readonly queuedOctets: number;
  /** On disk, not yet sent. */
  readonly spooledRecords: number;
  readonly spooledOctets: number;
  /** Messages sent; 0 for formats of lines. */
  readonly messages: number;
  /** Octets written or sent; of compressed files those before compression. */
  readonly octets: number;
  /** Values of metadata that were cut or left out, because their record would have been larger than a message. */
  readonly shortened: number;
  /** Messages with Templates alone. */
  readonly templateMessages: number;
  readonly reconnects: number;
  /** Faults, whether records were lost by them or not. */
  readonly errors: number;
}

export const NOTHING_NOT_SENT: NotSentCounts = { queueFull: 0, spoolFull: 0, unsupported: 0, failed: 0 };
export const NO_COUNTS: OutputCounts = {
  offered: 0,
  exported: 0,
  filtered: 0,
  notSent: NOTHING_NOT_SENT,
  repeated: 0,
  recovered: 0,
  queuedRecords: 0,
  queuedOctets: 0,
  spooledRecords: 0,
  spooledOctets: 0,
  messages: 0,
  octets: 0,
  shortened: 0,
  templateMessages: 0,
  reconnects: 0,
  errors: 0,
};

/** Sum of counts, key by key. */
export function addCounts(a: OutputCounts, b: OutputCounts): OutputCounts {
  const { notSent, ...numbers } = a;
  return { ...a, ...addEach(numbers, b), notSent: addEach(notSent, b.notSent) };
}

function addEach<T extends object>(a: T, b: T): T {
  const sums = Object.entries<number>(a as Readonly<Record<string, number>>).map(([key, value]) => [
    key,
    value + (b as Readonly<Record<string, number>>)[key],
  ]);
  return Object.fromEntries(sums) as T;
}

/** Records that were offered and not sent, whatever the reason. */
export function notSentTotal({ notSent }: OutputCounts): number {
  return notSent.queueFull + notSent.spoolFull + notSent.unsupported + notSent.failed;
}

/** Whether every record that was offered is accounted for. */
export function isBalanced(counts: OutputCounts): boolean {
  const { offered, exported, filtered, queuedRecords, spooledRecords } = counts;
  return offered === exported + filtered + notSentTotal(counts) + queuedRecords + spooledRecords;
}

/** Records that a block becomes: a row each, in uniflow mode two for a biflow. */
export function recordsIn(closed: ClosedFlows, isUniflow: boolean): number {
  const { words, stride, count } = closed;
  if (!isUniflow) return count;
  let records = count;
  for (let row = 0; row < count; row++) {
    if (words[row * stride + ClosedW.Presence] & Present.Reverse) records++;
  }
  return records;
}
