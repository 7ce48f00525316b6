import type { DataRecord } from '../data-record.js';
import type { FlowView } from './flow-view.js';

/** Sorts before everything else: what a record does not have. */
export const ABSENT_KEY = '';

/** What is shown of each record under one name. `flow` must hold the same record. */
export interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  /** Plain text on one line, empty when the record does not have it. */
  text(record: DataRecord, flow: FlowView): string;
  /** JSON text; `null` when the record does not have it. */
  json(record: DataRecord, flow: FlowView): string;
  /** Numbers sort before texts; `ABSENT_KEY` before both. */
  sortKey(record: DataRecord, flow: FlowView): number | string;
}
