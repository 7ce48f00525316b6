import type { DataRecord, StoredRecord } from '../data-record.js';
import { ABSENT_KEY, type Column } from './column.js';
import { FlowView } from './flow-view.js';

/** Memory that sorting may take, by its own estimate. */
export const MAX_SORTING_OCTETS = 268_435_456;

/** What a kept record costs beside its octets, with its key. */
const ENTRY_OCTETS = 400;

interface Entry {
  readonly key: number | string;
  /** Place among the records that came: equal keys keep their order. */
  readonly order: number;
  readonly record: StoredRecord;
}

/**
 * Sorts records by one column. With a limit only that many are kept, in a heap whose top is the one to go next; without,
 * all are, up to `MAX_SORTING_OCTETS`.
 */
export class RecordSorter {
  readonly #column: Column;
  readonly #sign: 1 | -1;
  readonly #limit: number;
  readonly #flowsOnly: boolean;
  readonly #maxOctets: number;
  readonly #flow = new FlowView();
  readonly #entries: Entry[] = [];
  #order = 0;
  #octets = 0;
  #isFull = false;

  constructor(
    column: Column,
    isDescending: boolean,
    limit: number | null,
    flowsOnly: boolean,
    maxOctets = MAX_SORTING_OCTETS,
  ) {
    this.#maxOctets = maxOctets;
    this.#column = column;
    this.#flowsOnly = flowsOnly;
    this.#sign = isDescending ? -1 : 1;
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  /** True once a record had to be left out because the memory was used up. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** False when only flows are wanted and this record has no addresses. */
  add(record: DataRecord): boolean {
    if (!this.#flow.load(record) && this.#flowsOnly) return false;
    this.#keep(record);
    return true;
  }

  #keep(record: DataRecord): void {
    const key = this.#column.sortKey(record, this.#flow);
    const order = this.#order++;
    const entries = this.#entries;
    const isReplacing = entries.length >= this.#limit;
    if (isReplacing && (this.#limit === 0 || this.#compare(key, order, entries[0]) >= 0)) return;
    const freed = isReplacing ? sizeOf(entries[0].record.octets.length, entries[0].record.line) : 0;
    const octets = this.#octets - freed + sizeOf(record.end - record.start, record.line);
    if (this.#isFull || octets > this.#maxOctets) {
      this.#isFull = true;
      return;
    }
    this.#octets = octets;
    const entry = { key, order, record: record.store() };
    if (isReplacing) {
      entries[0] = entry;
      this.#siftDown();
    } else {
      entries.push(entry);
      if (Number.isFinite(this.#limit)) this.#siftUp();
    }
  }

  /** The records in order; to be called once, when all have been added. */
  *sorted(): Generator<StoredRecord> {
    this.#entries.sort((left, right) => this.#compare(left.key, left.order, right));
    for (const entry of this.#entries) yield entry.record;
  }

  #compare(key: number | string, order: number, other: Entry): number {
    return this.#sign * compareKeys(key, other.key) || order - other.order;
  }

  #isAfter(left: number, right: number): boolean {
    const entry = this.#entries[left];
    return this.#compare(entry.key, entry.order, this.#entries[right]) > 0;
  }

  #swap(left: number, right: number): void {
    const entries = this.#entries;
    [entries[left], entries[right]] = [entries[right], entries[left]];
  }

  #siftUp(): void {
    let at = this.#entries.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isAfter(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #siftDown(): void {
    const count = this.#entries.length;
    for (let at = 0; ;) {
      let last = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < count && this.#isAfter(child, last)) last = child;
      if (last === at) return;
      this.#swap(at, last);
      at = last;
    }
  }
}

/** Octets that keeping a record takes, by an estimate. */
function sizeOf(octets: number, line: string | null): number {
  return octets + (line?.length ?? 0) + ENTRY_OCTETS;
}

/** What is absent comes first, then numbers, then texts by code unit. */
export function compareKeys(left: number | string, right: number | string): number {
  if (left === right) return 0;
  if (left === ABSENT_KEY) return -1;
  if (right === ABSENT_KEY) return 1;
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `FIELD` or `-FIELD`, for descending order. */
export function parseSortField(text: string): { name: string; isDescending: boolean } {
  return text.startsWith('-') ? { name: text.slice(1), isDescending: true } : { name: text, isDescending: false };
}
