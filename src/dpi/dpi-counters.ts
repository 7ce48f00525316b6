import { type BASIS_NAMES, type CONFIDENCE_NAMES, DpiState, Path, ServiceBits } from './flow-state.js';
import { labelPlace } from './label-path.js';
import { REGISTRY } from './registry.js';
import { RULE_NAMES } from './rules/rule-names.js';
import { basisOf } from './rules/flow-rules.js';

/** What inspection did, as plain data. */
export interface DpiCounts {
  /** Flows that ended, by what their label rests on. */
  readonly flows: Readonly<Record<(typeof CONFIDENCE_NAMES)[number], number>>;
  /** Flows that ended, by label; labels that no flow has are left out. */
  readonly labels: Readonly<Record<string, number>>;
  /** Flows that ended with a label of a rule, by what that rests on, and by label. */
  readonly rules: Readonly<Record<Exclude<(typeof BASIS_NAMES)[number], 'none'>, number>>;
  readonly ruleLabels: Readonly<Record<string, number>>;
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

  /** Flows that ended, by `Basis` of a rule's label, and by its place. */
  readonly rules = new Float64Array(8);
  readonly ruleLabels = new Float64Array(Path.Mask + 1);

  clear(): void {
    this.withoutMemory = 0;
    this.flowsCut = 0;
    for (const counts of [this.flows, this.labels, this.rules, this.ruleLabels]) counts.fill(0);
  }

  note(state: number, path: number, service: number): void {
    this.labels[labelPlace(state, path)]++;
    this.flows[(state & DpiState.ConfidenceMask) >>> DpiState.ConfidenceShift]++;
    this.rules[basisOf(service)]++;
    this.ruleLabels[service & ServiceBits.NameMask]++;
  }

  /** The flows by name of their label. */
  labelCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { protocol, number } of REGISTRY.all) {
      if (this.labels[number + 1] > 0) counts[protocol.name] = this.labels[number + 1];
    }
    return counts;
  }

  /** The same by name of the label that a rule gave. */
  ruleLabelCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (let place = 1; place <= Path.Mask; place++) {
      const name = RULE_NAMES.at(place)?.name ?? REGISTRY.all[place - 1]?.protocol.name;
      if (name !== undefined && this.ruleLabels[place] > 0) counts[name] = (counts[name] ?? 0) + this.ruleLabels[place];
    }
    return counts;
  }
}
