import { communityId } from '../community-id.js';
import type { DataRecord } from '../data-record.js';
import { FieldSpans, locateFields, type Template } from '../template.js';
import { readTimestamp, readUnsigned, Timestamp, type DateTimeType } from '../value.js';
import { ipv4Text, ipv6Text } from '../value-text.js';
import { multiListEntries } from '../structured-data.js';
import { flagsPlan, flowPlan, type FlagsPlan, type FlowPlan, type TimePlan } from './flow-plan.js';

const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;

/**
 * A record seen as a flow, whichever elements it says it with. `load` fills it from a record; numbers that the record
 * does not have are -1. Counters beyond 2^53 are rounded.
 */
export class FlowView {
  /** 4, 6, or 0 when the record has no address of either end. */
  version: 0 | 4 | 6 = 0;
  protocol = -1;
  sourcePort = -1;
  /** For ICMP and ICMPv6 type × 256 + code, as SiLK has it. */
  destinationPort = -1;
  packets = -1;
  octets = -1;
  reversePackets = -1;
  reverseOctets = -1;
  initialFlags = -1;
  /** Of all packets after the first, or of all when there are no initial flags. */
  unionFlags = -1;
  reverseInitialFlags = -1;
  reverseUnionFlags = -1;
  /** Whether the record tells its start; without it `start` is the end, or the Export Time. */
  hasStart = false;
  readonly start = new Timestamp();
  /** Whether the record tells its end; without it `end` is the start. */
  hasEnd = false;
  readonly end = new Timestamp();
  /** flowEndReason with all its bits. */
  endReason = -1;
  vlan = -1;
  serviceClass = -1;
  reverseServiceClass = -1;
  ingressInterface = -1;
  egressInterface = -1;
  applicationLabel = -1;
  /** silkSensorId, else the Observation Domain. */
  sensor = 0;

  #record: DataRecord | null = null;
  #plan: FlowPlan | null = null;
  #template: Template | null = null;
  readonly #plans = new WeakMap<Template, FlowPlan>();
  readonly #flagsPlans = new WeakMap<Template, FlagsPlan>();
  readonly #listSpans = new FieldSpans();

  /** False when the record has no address of either end: it is no flow. */
  load(record: DataRecord): boolean {
    this.#record = record;
    const plan = this.#planOf(record.template);
    this.#plan = plan;
    this.version = this.#addressVersion(record, plan);
    this.protocol = this.#number(plan.protocol);
    this.#loadPorts(plan);
    this.packets = this.#number(plan.packets);
    this.octets = this.#number(plan.octets);
    this.reversePackets = this.#number(plan.reversePackets);
    this.reverseOctets = this.#number(plan.reverseOctets);
    this.#loadFlags(record, record.spans, plan.flags);
    if (plan.multiList >= 0 && this.initialFlags < 0 && this.unionFlags < 0) this.#loadListedFlags(record, plan);
    this.#loadTimes(plan);
    this.endReason = this.#number(plan.endReason);
    this.vlan = this.#number(plan.vlan);
    this.serviceClass = this.#number(plan.serviceClass);
    this.reverseServiceClass = this.#number(plan.reverseServiceClass);
    this.ingressInterface = this.#number(plan.ingressInterface);
    this.egressInterface = this.#number(plan.egressInterface);
    this.applicationLabel = this.#number(plan.applicationLabel);
    this.sensor = plan.sensor >= 0 ? this.#number(plan.sensor) : record.observationDomainId;
    return this.version !== 0;
  }

  get isIcmp(): boolean {
    return this.protocol === PROTOCOL_ICMP || this.protocol === PROTOCOL_ICMPV6;
  }

  get sourceAddress(): string {
    return this.#addressText(this.#plan!.source4, this.#plan!.source6);
  }

  get destinationAddress(): string {
    return this.#addressText(this.#plan!.destination4, this.#plan!.destination6);
  }

  /** A key that sorts addresses by value, IPv4 before IPv6. */
  addressKey(isSource: boolean): string {
    if (this.version === 0) return '';
    const { source4, source6, destination4, destination6 } = this.#plan!;
    const isV4 = this.version === 4;
    const index = isSource ? (isV4 ? source4 : source6) : isV4 ? destination4 : destination6;
    if (!this.#hasOctets(index, isV4 ? 4 : 16)) return '';
    const offset = this.#record!.spans.offsets[index];
    return `${this.version}${this.#record!.octets.toString('latin1', offset, offset + (isV4 ? 4 : 16))}`;
  }

  /** Seconds between start and end; -1 when it is not known. */
  get durationSeconds(): number {
    const plan = this.#plan!;
    if (plan.duration >= 0) return this.#number(plan.duration) / plan.durationUnits;
    if (!this.hasStart || !this.hasEnd) return -1;
    return this.end.seconds - this.start.seconds + (this.end.nanoseconds - this.start.nanoseconds) / 1e9;
  }

  /** Time of the first reverse packet, where the record tells it; else the flow's start. */
  reverseStart(into: Timestamp): void {
    const plan = this.#plan!;
    into.seconds = this.start.seconds;
    into.nanoseconds = this.start.nanoseconds;
    if (plan.reverseStart !== null && this.#readTime(plan.reverseStart, into)) return;
    if (plan.reverseDelta < 0) return;
    const delta = this.#number(plan.reverseDelta);
    if (delta > 0) addUnits(into, delta, plan.reverseDeltaUnits);
  }

  /** Community ID v1; empty when the record does not have both addresses and a protocol. */
  get communityId(): string {
    const { version, protocol } = this;
    if (version === 0 || protocol < 0) return '';
    const { source4, source6, destination4, destination6 } = this.#plan!;
    const { octets, spans } = this.#record!;
    const length = version === 4 ? 4 : 16;
    const [from, to] = version === 4 ? [source4, destination4] : [source6, destination6];
    if (!this.#hasOctets(from, length) || !this.#hasOctets(to, length)) return '';
    const [source, destination] = [spans.offsets[from], spans.offsets[to]];
    const [sourcePort, destinationPort] = [Math.max(this.sourcePort, 0), Math.max(this.destinationPort, 0)];
    return communityId(octets, source, octets, destination, length, protocol, sourcePort, destinationPort);
  }

  #planOf(template: Template): FlowPlan {
    if (template === this.#template) return this.#plan!;
    let plan = this.#plans.get(template);
    if (plan === undefined) {
      plan = flowPlan(template);
      this.#plans.set(template, plan);
    }
    this.#template = template;
    return plan;
  }

  /** The field as an unsigned integer, -1 when it is not there. */
  #number(index: number): number {
    if (index < 0) return -1;
    const { octets, spans } = this.#record!;
    const length = spans.lengths[index];
    return length === 0 || length > 8 ? -1 : readUnsigned(octets, spans.offsets[index], length);
  }

  /** With both kinds in one template, IPv6 counts when one of its addresses is not all zeros. */
  #addressVersion(record: DataRecord, plan: FlowPlan): 0 | 4 | 6 {
    const has4 = this.#hasOctets(plan.source4, 4) || this.#hasOctets(plan.destination4, 4);
    const has6 = this.#hasOctets(plan.source6, 16) || this.#hasOctets(plan.destination6, 16);
    if (has4 && has6) return this.#isZero(record, plan.source6) && this.#isZero(record, plan.destination6) ? 4 : 6;
    return has4 ? 4 : has6 ? 6 : 0;
  }

  /** Whether the record has the field in that length. */
  #hasOctets(index: number, length: number): boolean {
    return index >= 0 && this.#record!.spans.lengths[index] === length;
  }

  /** Whether the IPv6 address is all zeros, or not there. */
  #isZero(record: DataRecord, index: number): boolean {
    if (!this.#hasOctets(index, 16)) return true;
    const offset = record.spans.offsets[index];
    for (let at = offset; at < offset + 16; at++) if (record.octets[at] !== 0) return false;
    return true;
  }

  #addressText(index4: number, index6: number): string {
    const { octets, spans } = this.#record!;
    if (this.version === 4) return this.#hasOctets(index4, 4) ? ipv4Text(octets, spans.offsets[index4]) : '';
    return this.#hasOctets(index6, 16) ? ipv6Text(octets, spans.offsets[index6]) : '';
  }

  #loadPorts(plan: FlowPlan): void {
    this.sourcePort = this.#number(plan.sourcePort);
    this.destinationPort = this.#number(plan.destinationPort);
    if (!this.isIcmp) return;
    if (plan.icmpTypeCode >= 0) {
      this.sourcePort = 0;
      this.destinationPort = this.#number(plan.icmpTypeCode);
    } else if (plan.icmpType >= 0) {
      this.sourcePort = 0;
      this.destinationPort = this.#number(plan.icmpType) * 256 + Math.max(this.#number(plan.icmpCode), 0);
    }
  }

  #loadFlags(record: DataRecord, spans: FieldSpans, plan: FlagsPlan): void {
    this.initialFlags = flagsField(record, spans, plan.initial);
    this.unionFlags = flagsField(record, spans, plan.union);
    this.reverseInitialFlags = flagsField(record, spans, plan.reverseInitial);
    this.reverseUnionFlags = flagsField(record, spans, plan.reverseUnion);
  }

  #loadListedFlags(record: DataRecord, plan: FlowPlan): void {
    const { octets, context, spans } = record;
    const entries = multiListEntries(octets, spans.offsets[plan.multiList], spans.lengths[plan.multiList]);
    if (entries === null) return;
    for (const { templateId, start, end } of entries) {
      const template = context.template(templateId);
      if (template === undefined) continue;
      let listed = this.#flagsPlans.get(template);
      if (listed === undefined) {
        listed = flagsPlan(template);
        this.#flagsPlans.set(template, listed);
      }
      if (listed.initial < 0 || locateFields(template, octets, start, end, this.#listSpans) < 0) continue;
      this.#loadFlags(record, this.#listSpans, listed);
      return;
    }
  }

  #loadTimes(plan: FlowPlan): void {
    this.hasStart = plan.start !== null && this.#readTime(plan.start, this.start);
    this.hasEnd = plan.end !== null && this.#readTime(plan.end, this.end);
    if (this.hasStart && this.hasEnd) return;
    const known = Math.max(this.#number(plan.duration), 0);
    if (!this.hasStart && !this.hasEnd) {
      this.start.seconds = this.#record!.exportTimeSeconds;
      this.start.nanoseconds = 0;
      copyShifted(this.start, this.end, known, plan.durationUnits);
    } else if (this.hasStart) {
      copyShifted(this.start, this.end, known, plan.durationUnits);
      this.hasEnd = plan.duration >= 0;
    } else {
      copyShifted(this.end, this.start, -known, plan.durationUnits);
      this.hasStart = plan.duration >= 0;
    }
  }

  #readTime(plan: TimePlan, into: Timestamp): boolean {
    const { octets, spans, template, exportTimeSeconds, context } = this.#record!;
    if (plan.kind === 'dateTime') {
      const type = template.fields[plan.index].element.type as DateTimeType;
      return readTimestamp(octets, spans.offsets[plan.index], spans.lengths[plan.index], type, into);
    }
    const value = this.#number(plan.index);
    if (value < 0) return false;
    if (plan.kind === 'beforeExport') {
      into.seconds = exportTimeSeconds;
      into.nanoseconds = 0;
      addUnits(into, -value, 1e6);
      return true;
    }
    const init = this.#plan!.systemInit >= 0 ? this.#number(this.#plan!.systemInit) : context.systemInitMilliseconds;
    if (init === null || init < 0) return false;
    into.seconds = into.nanoseconds = 0;
    addUnits(into, init + value, 1e3);
    return true;
  }
}

function flagsField(record: DataRecord, spans: FieldSpans, index: number): number {
  if (index < 0) return -1;
  const length = spans.lengths[index];
  return length === 0 || length > 2 ? -1 : readUnsigned(record.octets, spans.offsets[index], length);
}

function copyShifted(from: Timestamp, into: Timestamp, units: number, unitsPerSecond: number): void {
  into.seconds = from.seconds;
  into.nanoseconds = from.nanoseconds;
  addUnits(into, units, unitsPerSecond);
}

/** Moves a time by a number of units, forward or back. */
function addUnits(time: Timestamp, units: number, unitsPerSecond: number): void {
  const seconds = Math.floor(units / unitsPerSecond);
  const nanoseconds = time.nanoseconds + Math.round((units - seconds * unitsPerSecond) * (1e9 / unitsPerSecond));
  const carry = nanoseconds >= 1e9 ? 1 : 0;
  time.seconds += seconds + carry;
  time.nanoseconds = nanoseconds - carry * 1e9;
}
