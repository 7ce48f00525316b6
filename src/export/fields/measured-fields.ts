import { TunnelWord } from '../../decode/decoded-batch.js';
import { optionalLayouts } from '../../dpi/optional-layouts.js';
import { PayloadWord } from '../../dpi/payload-layout.js';
import type { PayloadSettings } from '../../dpi/payload-settings.js';
import { Base, type FlowField, Format, Present } from '../../flow/flow-field.js';
import { meterOffsets } from '../../flow/flow-meter.js';
import { Extension, F, State, W } from '../../flow/flow-record.js';
import type { Meter } from '../../flow/meter.js';
import { BASE_FIELDS } from '../../flow/meters/base-fields.js';
import { METERS } from '../../flow/meters/index.js';
import type { Inspected, InspectionExport } from '../inspection-export.js';
import { Condition, TunnelSet } from './conditions.js';
import { DerivedFormat, type ExportField } from './export-field.js';

/**
 * All that a flow record holds, in export order: what the profiles choose from. Times are named in milliseconds and counters
 * as delta counters here; `flowFields` gives them the names that the output asks for.
 */

export interface MeasuredOptions {
  /** The meters that ran beside the base ones, in their order. Default: all. */
  readonly meters?: readonly Meter[];
  /** Whether the ingress interface is part of the flow key, and so of the record. */
  readonly ingressInterface?: boolean;
  /** What of payload was inspected and measured. Default: null, nothing. */
  readonly inspected?: Inspected | null;
}

/** The table, each field with its twin. Throws a RangeError when a meter's 64-bit field does not stand at a 64-bit word. */
export function measuredFields(options: MeasuredOptions = {}): ExportField[] {
  const { inspected = null } = options;
  const { labels = false, payload = null } = inspected ?? {};
  const meters: readonly Pick<Meter, 'words' | 'fields'>[] = [
    ...(options.meters ?? METERS),
    ...optionalLayouts({ dpi: labels, payload }),
  ];
  const offsets = meterOffsets(meters);
  const fields: readonly ExportField[] = [
    ...TIME_FIELDS,
    ...KEY_FIELDS,
    ...BASE_FIELDS,
    ...meters.flatMap(({ fields }, number) => fields.map((field) => fieldOfMeter(field, offsets[number]))),
    ...LINK_FIELDS,
    ...(options.ingressInterface === true ? [INGRESS_INTERFACE] : []),
    ...END_FIELDS,
    ...(inspected === null ? [] : inspectedFields(inspected, offsets.slice((options.meters ?? METERS).length))),
  ];
  const byElement = new Map(fields.map((field) => [field.element, field]));
  return fields.map((field) => ({
    ...field,
    twin: field.family === undefined ? twinOf(field.element, byElement) : null,
  }));
}

/** The reverse element, or that of the other end; null where the flow has only one value, such as its id. */
function twinOf(element: string, byElement: ReadonlyMap<string, ExportField>): ExportField | null {
  return (
    byElement.get(`reverse${element.charAt(0).toUpperCase()}${element.slice(1)}`) ??
    byElement.get(otherEnd(element)) ??
    null
  );
}

/** `source…` for `destination…` and the other way round. */
function otherEnd(element: string): string {
  return element.replace(/[sS]ource|[dD]estination/, (end) => {
    if (end.endsWith('ource')) return end.startsWith('s') ? 'destination' : 'Destination';
    return end.startsWith('d') ? 'source' : 'Source';
  });
}

/** @param offsets first words of the meters of payload and of inspection, as far as they ran, in an extension row */
function inspectedFields({ labels, payload, by }: Inspected, offsets: readonly number[]): ExportField[] {
  return [
    ...(labels ? labelFields(offsets[offsets.length - 1], by) : []),
    ...(payload !== null && payload.exportOctets > 0 ? by.payloadFields() : []),
    multiList(offsets[0], payload),
  ];
}

/** @param offset first word of deep packet inspection in an extension row */
function labelFields(offset: number, inspection: InspectionExport): ExportField[] {
  const label = { base: Base.Extension, source: offset, when: Present.Label };
  return [
    { ...label, element: 'applicationName', format: DerivedFormat.LabelName },
    { ...label, element: 'applicationPath', format: DerivedFormat.LabelPath, textType: 'string' },
    { ...label, element: 'applicationEvidence', format: DerivedFormat.LabelEvidence, textType: 'string' },
    ...inspection.metadataFields(),
    { element: 'metadata', source: 0, format: DerivedFormat.Metadata, textType: 'members' },
  ];
}

/** @param offset first word of the payload meter in an extension row, if there is one */
function multiList(offset: number, payload: PayloadSettings | null): ExportField {
  const hasEntropy = payload !== null && payload.entropyOctets > 0;
  return {
    element: 'subTemplateMultiList',
    base: Base.Extension,
    source: offset + PayloadWord.Entropy,
    format: DerivedFormat.MultiList,
    shift: 1,
    bits: hasEntropy ? 16 : 0,
    isHidden: true,
  };
}

/** What fields of meters depend on beyond what a flow says itself. */
const FURTHER_CONDITIONS: Readonly<Record<string, number>> = {
  dot1qCustomerPriority: Condition.OuterVlan,
};

/** `source` of a meter counts from the meter's own words; here it is made to count from the extension row. */
function fieldOfMeter(field: FlowField, offset: number): ExportField {
  const further = FURTHER_CONDITIONS[field.element] ?? 0;
  const when = (field.when ?? Present.Always) | further;
  if (field.base !== Base.Meter) return { ...field, when };
  const isFloat = field.format === Format.Float || field.format === Format.Time;
  if (isFloat && offset % 2 !== 0) {
    throw new RangeError(`${field.element}: a 64-bit field of a meter that begins at odd word ${offset}`);
  }
  return { ...field, when, base: Base.Extension, source: field.source + (isFloat ? offset / 2 : offset) };
}

const TIME_FIELDS: readonly ExportField[] = [
  { element: 'flowStartMilliseconds', source: F.Start, format: Format.Time, shift: 0 },
  { element: 'flowEndMilliseconds', source: F.End, format: Format.Time, shift: 10 },
  {
    element: 'reverseFlowStartMilliseconds',
    base: Base.Extension,
    source: Extension.ReverseStart,
    format: Format.Time,
    shift: 20,
    when: Present.Reverse,
  },
];

/** The tunnel's outermost addresses stand before those of the flow: the order in which they were met (RFC 7011 §8). */
const KEY_FIELDS: readonly ExportField[] = [
  tunnelAddress('tunnelSourceIPv4Address', TunnelWord.Source, Present.TunnelIpv4),
  tunnelAddress('tunnelDestinationIPv4Address', TunnelWord.Destination, Present.TunnelIpv4),
  { ...tunnelAddress('tunnelSourceIPv6Address', TunnelWord.Source, Present.TunnelIpv6), textType: 'ipv6Address' },
  {
    ...tunnelAddress('tunnelDestinationIPv6Address', TunnelWord.Destination, Present.TunnelIpv6),
    textType: 'ipv6Address',
  },
  { element: 'sourceIPv4Address', source: W.SourceAddress, format: Format.Address, when: Present.Ipv4 },
  { element: 'destinationIPv4Address', source: W.DestinationAddress, format: Format.Address, when: Present.Ipv4 },
  { element: 'sourceIPv6Address', source: W.SourceAddress, format: Format.Address, when: Present.Ipv6 },
  { element: 'destinationIPv6Address', source: W.DestinationAddress, format: Format.Address, when: Present.Ipv6 },
  { element: 'sourceTransportPort', source: W.Ports, format: Format.Unsigned, shift: 16, bits: 16 },
  { element: 'destinationTransportPort', source: W.Ports, format: Format.Unsigned, bits: 16 },
  icmpTypeCode('icmpTypeCodeIPv4', Present.Ipv4),
  icmpTypeCode('icmpTypeCodeIPv6', Present.Ipv6),
  { element: 'protocolIdentifier', source: W.Protocol, format: Format.Unsigned, bits: 8 },
];

function tunnelAddress(element: string, source: number, when: number): ExportField {
  return { element, base: Base.Tunnel, source, format: Format.Address, when };
}

function icmpTypeCode(element: string, version: number): ExportField {
  return { element, source: W.Ports, format: Format.Unsigned, bits: 16, when: Present.Icmp | version };
}

/** The outer VLAN id comes first: a reader that takes both elements for one keeps the last, the innermost. */
const LINK_FIELDS: readonly ExportField[] = [
  { element: 'dot1qVlanId', source: W.Vlan, format: Format.Unsigned, shift: 12, bits: 12, when: Condition.OuterVlan },
  { element: 'vlanId', source: W.Vlan, format: Format.Unsigned, bits: 12, when: Present.Vlan },
  label('mplsTopLabelStackSection', 1, Present.Mpls),
  label('mplsLabelStackSection2', 2, Condition.SecondLabel),
  label('mplsLabelStackSection3', 3, Condition.ThirdLabel),
  tunnelId('layer2SegmentId', DerivedFormat.SegmentId, TunnelSet.Segment, Condition.SegmentId),
  tunnelId('yafLayer2SegmentId', DerivedFormat.SegmentId, TunnelSet.Geneve, Condition.GeneveId),
  tunnelId('greKey', DerivedFormat.TunnelId, TunnelSet.Gre, Condition.GreKey),
  tunnelId('gtpuTEid', DerivedFormat.TunnelId, TunnelSet.Gtpu, Condition.GtpuTeid),
];

function label(element: string, source: number, when: number): ExportField {
  return { element, base: Base.Mpls, source, format: Format.Unsigned, bits: 24, when };
}

function tunnelId(element: string, format: number, kinds: number, when: number): ExportField {
  return { element, base: Base.Tunnel, source: 0, format, shift: kinds, when };
}

/** Interfaces count from 1: an ifIndex is never 0 (RFC 2863). There are fewer than 65,536 (capture/interface-table.ts). */
const INGRESS_INTERFACE: ExportField = {
  element: 'ingressInterface',
  source: W.Protocol,
  format: DerivedFormat.OrdinalBits,
  shift: 16,
  bits: 16,
};

const END_FIELDS: readonly ExportField[] = [
  { element: 'flowEndReason', source: W.State, format: Format.Unsigned, shift: State.EndReasonShift, bits: 8 },
  { element: 'flowId', base: Base.Extension, source: Extension.FirstNumber, format: DerivedFormat.Ordinal },
  { element: 'communityId', source: 0, format: DerivedFormat.CommunityId, textType: 'string' },
  {
    element: 'tunnel',
    base: Base.Tunnel,
    source: 0,
    format: DerivedFormat.TunnelLayers,
    when: Condition.Tunnel,
    textType: 'list',
  },
  { element: 'mpls', base: Base.Mpls, source: 0, format: DerivedFormat.Labels, when: Present.Mpls, textType: 'list' },
];
