import { type CONFIDENCE_NAMES, DpiState, Path } from './flow-state.js';
import { REGISTRY } from './registry.js';

/** What inspection did, as plain data. */
export interface DpiCounts {
  /** Flows that ended, by what their label rests on. */
  readonly flows: Readonly<Record<(typeof CONFIDENCE_NAMES)[number], number>>;
  /** Flows that ended, by label; labels that no flow has are left out. */
  readonly labels: Readonly<Record<string, number>>;
  /** Flows that were given up because the memory was full. */
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
  /** Flows that ended without some of their metadata. */
  readonly flowsCut: number;
}

/** What deep packet inspection of one worker did. */
export class DpiCounters {
  /** Flows that ended, by `Confidence` of their label. */
  readonly flows = new Float64Array(8);
  /** Flows that were given up because the memory was full. */
  withoutMemory = 0;
  /** Flows that ended without some of their metadata. */
  flowsCut = 0;
  /** Flows that ended, by number of the protocol that is their label. */
  readonly labels = new Float64Array(Path.Mask + 1);

  note(state: number, path: number): void {
    const place = (state & DpiState.LabelMask) >>> DpiState.LabelShift;
    this.labels[(path >>> (Path.Bits * place)) & Path.Mask]++;
    this.flows[(state & DpiState.ConfidenceMask) >>> DpiState.ConfidenceShift]++;
  }

  /** The flows by name of their label. */
  labelCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { protocol, number } of REGISTRY.all) {
      if (this.labels[number + 1] > 0) counts[protocol.name] = this.labels[number + 1];
    }
    return counts;
  }
}
