import { EVIDENCE_ELEMENTS, EvidencePlace } from './evidence-elements.js';
import { Basis, type Confidence } from './flow-state.js';
import type { MetadataWriter } from './metadata.js';
import { REGISTRY } from './registry.js';

/** Octets of the evidence that are kept. */
const SHOWN = 16;

/** Writes down why a flow got its label. */
export class Evidence {
  constructor(private readonly out: MetadataWriter) {}

  /** @param packet number of the packet in the run, from 0 */
  write(
    number: number,
    confidence: Confidence,
    packet: number,
    direction: number,
    octets: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { out } = this;
    const wasOn = this.begin();
    out.unsigned(EvidencePlace.Protocol, number);
    out.unsigned(EvidencePlace.Confidence, confidence);
    out.unsigned(EvidencePlace.Packet, packet + 1);
    out.unsigned(EvidencePlace.Direction, direction);
    out.octets(EvidencePlace.Octets, octets, from, Math.min(to, from + SHOWN));
    this.end(wasOn);
  }

  /**
   * The same of a rule: `octets` are the host or the first payload, none where it rests on the ends of the flow.
   * @param packet number of the packet in the run, from 0; -1 at the flow's end
   */
  writeRule(rule: number, basis: Basis, packet: number, octets: Uint8Array, from: number, to: number): void {
    const { out } = this;
    const wasOn = this.begin();
    out.unsigned(EvidencePlace.Rule, rule);
    out.unsigned(EvidencePlace.Basis, basis);
    if (packet >= 0) out.unsigned(EvidencePlace.Packet, packet + 1);
    if (basis === Basis.Host) out.text(EvidencePlace.Host, octets, from, to);
    else if (basis === Basis.Payload) out.octets(EvidencePlace.Octets, octets, from, Math.min(to, from + SHOWN));
    this.end(wasOn);
  }

  private begin(): boolean {
    const { out } = this;
    const wasOn = out.isOn;
    out.isOn = true;
    out.base = REGISTRY.evidenceBase;
    out.elements = EVIDENCE_ELEMENTS;
    out.begin(EvidencePlace.Entry);
    return wasOn;
  }

  private end(wasOn: boolean): void {
    this.out.end();
    this.out.isOn = wasOn;
  }
}
