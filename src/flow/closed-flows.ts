import { Size } from '../decode/decoded-batch.js';
import { Record } from './flow-record.js';

/**
 * A block of flow records that have ended: the contract between flow and export. Each row is a flow record
 * (flow/flow-record.ts) with what it holds (`PRESENT_*`) in place of the hash; behind it stand the meters' words, then tunnel
 * layers and MPLS labels when there are any. A block is valid during the call that hands it over.
 */

export const enum ClosedW {
  /** Word of a closed record: `PRESENT_*` bits. */
  Presence = 12,
}

export class ClosedFlows {
  readonly words: Int32Array;
  readonly floats: Float64Array;
  /** 32-bit words of a row. */
  readonly stride: number;
  /** First word of the meters, of the tunnel layers, and of the MPLS labels in a row. */
  readonly extensionOffset = Record.Words;
  readonly tunnelOffset: number;
  readonly mplsOffset: number;
  /** For each row, the number of the packet that ended the flow or at which the clock moved; infinite at the end of all. */
  readonly positions: Float64Array;
  count = 0;

  constructor(
    extensionWords: number,
    readonly capacity: number,
  ) {
    this.tunnelOffset = Record.Words + extensionWords;
    this.mplsOffset = this.tunnelOffset + Size.TunnelWords;
    // Rows begin at whole 64-bit words, so that the floats can be read.
    this.stride = (this.mplsOffset + Size.MplsWords + 1) & ~1;
    const rows = new ArrayBuffer(capacity * this.stride * 4);
    this.words = new Int32Array(rows);
    this.floats = new Float64Array(rows);
    this.positions = new Float64Array(capacity);
  }
}

/** Takes a block of closed records. */
export type ClosedFlowsSink = (closed: ClosedFlows) => void;
