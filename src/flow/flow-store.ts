/**
 * Where measurements live, by flow index: the 128-octet records, and beside them one extension row a flow in which every
 * further meter has its words (flow/flow-record.ts).
 */
export interface FlowStore {
  readonly words: Int32Array;
  readonly floats: Float64Array;
  readonly extension: Int32Array;
  /** The extension rows as floats. */
  readonly extensionFloats: Float64Array;
  /** Words of an extension row, an even number. */
  readonly extensionWords: number;
  /** Records that others continue since the last hand-over: `continuations` pairs of the flow that ended and its successor. */
  readonly continued: Int32Array;
  readonly continuations: number;
  /** Notes a packet of the reverse direction that may be its first. */
  beginReverse(flow: number, timeUs: number, timeNs: number): void;
  /** Ends a flow after the passes over this batch, with the packet of that number, to be continued by another record (active timeout). */
  endSoon(flow: number, number: number): void;
}
