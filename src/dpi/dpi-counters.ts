import { type CONFIDENCE_NAMES, DpiState } from './flow-state.js';

/** What one worker's inspection did, as plain data. */
export interface DpiCounts {
  /** Flows that ended, by what their label rests on. */
  readonly flows: Readonly<Record<(typeof CONFIDENCE_NAMES)[number], number>>;
  readonly withoutMemory: number;
  /** Octets of payload memory in use now, and at most at once. */
  readonly usedOctets: number;
  readonly peakOctets: number;
  readonly retransmitted: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  readonly overflows: number;
  readonly valuesCut: number;
  readonly valuesOmitted: number;
}

/** What deep packet inspection of one worker did. */
export class DpiCounters {
  /** Flows that ended, by `Confidence` of their label. */
  readonly flows = new Float64Array(8);
  /** Flows that were given up because the memory was full. */
  withoutMemory = 0;

  note(state: number): void {
    this.flows[(state & DpiState.ConfidenceMask) >>> DpiState.ConfidenceShift]++;
  }
}
