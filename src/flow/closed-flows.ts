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

  /** @param memory what the rows lie in, `ClosedFlows.octetLength(…)` octets: shared memory lets threads hand blocks over */
  constructor(
    extensionWords: number,
    readonly capacity: number,
    memory: ArrayBufferLike = new ArrayBuffer(ClosedFlows.octetLength(extensionWords, capacity)),
  ) {
    this.tunnelOffset = Record.Words + extensionWords;
    this.mplsOffset = this.tunnelOffset + Size.TunnelWords;
    this.stride = ClosedFlows.octetLength(extensionWords, 1) / 4;
    this.words = new Int32Array(memory);
    this.floats = new Float64Array(memory);
    this.positions = new Float64Array(capacity);
  }

  /** Octets that the rows of a block of `capacity` records take. */
  static octetLength(extensionWords: number, capacity: number): number {
    // Rows begin at whole 64-bit words, so that the floats can be read.
    return ((Record.Words + extensionWords + Size.TunnelWords + Size.MplsWords + 1) & ~1) * 4 * capacity;
  }
}

/** Takes a block of closed records. */
export type ClosedFlowsSink = (closed: ClosedFlows) => void;
