import type { DecodedBatch } from '../decode/decoded-batch.js';
import type { ClosedFlows } from './closed-flows.js';
import type { FlowField } from './flow-field.js';
import type { FlowStore } from './flow-store.js';

/**
 * One further measurement: a pass over (batch, flow index, direction) into its own words of the extension row, and the
 * Information Elements it exports. `first` lists the packets that begin a direction of their flow; with the forward one a
 * meter sets all its words, since rows are reused.
 */
export interface Meter {
  readonly name: string;
  /** 32-bit words it keeps for each flow. */
  readonly words: number;
  /**
   * The pass over the rows from `from` to `to`; the `firsts` rows of `first` are among them. Calls nothing within its loop.
   * @param offset the meter's first word in an extension row
   */
  update(batch: DecodedBatch, from: number, to: number, store: FlowStore, offset: number): void;
  /**
   * A flow has ended: the last chance to settle its words, before they are copied to row `row` of `closed`, to whose metadata
   * it may add. Answers the `Present` bits that it adds.
   */
  close?(store: FlowStore, flow: number, offset: number, closed: ClosedFlows, row: number): number;
  /** The `Present` bits that it adds to the record of a flow that has not ended. */
  present?(store: FlowStore, flow: number, offset: number): number;
  /** The wall clock was set: times that it keeps outside the extension rows move by `deltaUs`. */
  retime?(deltaUs: number): void;
  /** What its words become in a record; `source` counts from the meter's first word. */
  readonly fields: readonly FlowField[];
}
