import { CERT_PEN, CERT_REVERSE_BIT, IANA_PEN, REVERSE_PEN } from '../information-model.js';
import type { Template } from '../template.js';

/** Which fields of a template say what of a flow: indexes of its fields, -1 where there is none. */
export interface FlowPlan {
  readonly source4: number;
  readonly destination4: number;
  readonly source6: number;
  readonly destination6: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Type × 256 + code in one field, or the two apart. */
  readonly icmpTypeCode: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  readonly protocol: number;
  readonly packets: number;
  readonly octets: number;
  readonly reversePackets: number;
  readonly reverseOctets: number;
  readonly flags: FlagsPlan;
  readonly start: TimePlan | null;
  readonly end: TimePlan | null;
  readonly reverseStart: TimePlan | null;
  /** Time from the flow's start to the first reverse packet, and how many of its units make a second. */
  readonly reverseDelta: number;
  readonly reverseDeltaUnits: number;
  /** Likewise of the flow's end to its start. */
  readonly duration: number;
  readonly durationUnits: number;
  /** For times that are counted from the exporter's start. */
  readonly systemInit: number;
  readonly endReason: number;
  readonly vlan: number;
  readonly serviceClass: number;
  readonly reverseServiceClass: number;
  readonly ingressInterface: number;
  readonly egressInterface: number;
  readonly applicationLabel: number;
  readonly sensor: number;
  /** Lists that may hold the TCP flags, as YAF sends them. */
  readonly multiList: number;
}

export interface FlagsPlan {
  readonly initial: number;
  readonly union: number;
  readonly reverseInitial: number;
  readonly reverseUnion: number;
}

/** How a field tells a time: a dateTime, µs before the Export Time, or ms after the exporter's start. */
export interface TimePlan {
  readonly index: number;
  readonly kind: 'dateTime' | 'beforeExport' | 'sinceInit';
}

type Key = readonly [pen: number, id: number];

const iana = (...ids: number[]): Key[] => ids.map((id) => [IANA_PEN, id]);
const reverse = (...ids: number[]): Key[] => ids.map((id) => [REVERSE_PEN, id]);
const cert = (...ids: number[]): Key[] => ids.map((id) => [CERT_PEN, id]);

/** Index of the field that the first of the keys to be found names. */
function firstOf(template: Template, keys: readonly Key[]): number {
  for (const [pen, id] of keys) {
    const index = template.fields.findIndex(({ element }) => element.pen === pen && element.id === id);
    if (index >= 0) return index;
  }
  return -1;
}

export function flagsPlan(template: Template): FlagsPlan {
  return {
    initial: firstOf(template, cert(14)),
    union: firstOf(template, [...cert(15), ...iana(6)]),
    reverseInitial: firstOf(template, cert(14 | CERT_REVERSE_BIT)),
    reverseUnion: firstOf(template, [...cert(15 | CERT_REVERSE_BIT), ...reverse(6)]),
  };
}

/** The finest of the dateTimes, else what is counted from another moment. */
function timePlan(
  template: Template,
  dateTimes: readonly Key[],
  beforeExport: readonly Key[],
  sinceInit: readonly Key[],
): TimePlan | null {
  let index = firstOf(template, dateTimes);
  if (index >= 0) return { index, kind: 'dateTime' };
  index = firstOf(template, beforeExport);
  if (index >= 0) return { index, kind: 'beforeExport' };
  index = firstOf(template, sinceInit);
  return index >= 0 ? { index, kind: 'sinceInit' } : null;
}

/** The first of (elements, their units per second) that is there. */
function firstSpan(template: Template, spans: readonly (readonly [Key[], number])[]): [number, number] {
  for (const [keys, unitsPerSecond] of spans) {
    const index = firstOf(template, keys);
    if (index >= 0) return [index, unitsPerSecond];
  }
  return [-1, 1];
}

export function flowPlan(template: Template): FlowPlan {
  const first = (...keys: Key[]): number => firstOf(template, keys);
  const [reverseDelta, reverseDeltaUnits] = firstSpan(template, [
    [cert(42), 1e9],
    [cert(41), 1e6],
    [cert(21), 1e3],
  ]);
  const [duration, durationUnits] = firstSpan(template, [
    [iana(162), 1e6],
    [iana(161), 1e3],
  ]);
  return {
    source4: first(...iana(8, 44)),
    destination4: first(...iana(12, 45)),
    source6: first(...iana(27, 170)),
    destination6: first(...iana(28, 169)),
    sourcePort: first(...iana(7, 182, 180)),
    destinationPort: first(...iana(11, 183, 181)),
    icmpTypeCode: first(...iana(32, 139)),
    icmpType: first(...iana(176, 178)),
    icmpCode: first(...iana(177, 179)),
    protocol: first(...iana(4)),
    packets: first(...iana(2, 86, 298)),
    octets: first(...iana(1, 85, 231)),
    reversePackets: first(...reverse(2, 86), ...iana(299)),
    reverseOctets: first(...reverse(1, 85), ...iana(232)),
    flags: flagsPlan(template),
    start: timePlan(template, iana(156, 154, 152, 150), iana(158), iana(22)),
    end: timePlan(template, iana(157, 155, 153, 151), iana(159), iana(21)),
    reverseStart: timePlan(template, reverse(156, 154, 152, 150), [], []),
    reverseDelta,
    reverseDeltaUnits,
    duration,
    durationUnits,
    systemInit: first(...iana(160)),
    endReason: first(...iana(136)),
    vlan: first(...iana(58, 243)),
    serviceClass: first(...iana(5)),
    reverseServiceClass: first(...reverse(5)),
    ingressInterface: first(...iana(10)),
    egressInterface: first(...iana(14)),
    applicationLabel: first(...cert(33)),
    sensor: first(...cert(31)),
    multiList: first(...iana(293)),
  };
}
