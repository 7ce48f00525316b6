import { TunnelWord } from '../decode/decoded-batch.js';
import { DPI_LAYOUT } from '../dpi/dpi-layout.js';
import { Base, type FlowField, Format, Present } from '../flow/flow-field.js';
import { meterOffsets } from '../flow/flow-meter.js';
import { Extension, F, State, W } from '../flow/flow-record.js';
import type { Meter } from '../flow/meter.js';
import { BASE_FIELDS } from '../flow/meters/base-fields.js';
import { METERS } from '../flow/meters/index.js';
import { Condition, TunnelSet } from './conditions.js';

/**
 * What the `standard` profile exports of a flow record, in export order: the one table that the IPFIX Templates, the
 * IPFIX encoder, JSON and CSV are made from.
 */

/** Ways to hold a value beyond `Format`, for values that are derived when they are exported. */
export const enum DerivedFormat {
  First = 16,
  /** The float plus one: numbers that count from 0 inside and from 1 outside. */
  Ordinal = First,
  /** Id of the innermost decapsulated layer of a kind in the set `shift`. */
  TunnelId,
  /** The same with the kind in front: layer2SegmentId and yafLayer2SegmentId. */
  SegmentId,
  /** All decapsulated layers, outermost first. */
  TunnelLayers,
  /** All labels that are kept, top of stack first. */
  Labels,
  CommunityId,
  /** `Format.Time` in ms since the exporter started. */
  Uptime,
  /** Name of the application label, from the state and path words. */
  LabelName,
  /** All names of the label path. */
  LabelPath,
  /** What inspection took from the flow, an object for each protocol. */
  Metadata,
}

export interface ExportField extends FlowField {
  /** Set when `element` is no Information Element, but a name that only JSON and CSV have: the value's type. */
  readonly textType?: 'ipv6Address' | 'string' | 'list' | 'members';
  /** Octets in IPFIX, when not as few as the value needs. */
  readonly octets?: number;
  /** Not exported itself: it only tells the value of its element in the other direction. */
  readonly isHidden?: boolean;
}

export const TIME_UNITS = ['ms', 'us', 'ns'] as const;
/** Resolution in which flow times are exported. */
export type TimeUnit = (typeof TIME_UNITS)[number];

const TIME_ELEMENT_UNITS = { ms: 'Milliseconds', us: 'Microseconds', ns: 'Nanoseconds' } as const;

export interface FlowFieldOptions {
  /** The meters that ran beside the base ones, in their order. Default: all. */
  readonly meters?: readonly Meter[];
  /** Default: ms. */
  readonly time?: TimeUnit;
  /** Whether the ingress interface is part of the flow key, and so of the record. */
  readonly ingressInterface?: boolean;
  /** Whether deep packet inspection ran behind the meters. */
  readonly dpi?: boolean;
}

/** The table. Throws a RangeError when a meter's 64-bit field does not stand at a 64-bit word. */
export function flowFields(options: FlowFieldOptions = {}): ExportField[] {
  const meters: readonly Pick<Meter, 'words' | 'fields'>[] = [
    ...(options.meters ?? METERS),
    ...(options.dpi === true ? [DPI_LAYOUT] : []),
  ];
  const offsets = meterOffsets(meters);
  return [
    ...timeFields(options.time ?? 'ms'),
    ...KEY_FIELDS,
    ...BASE_FIELDS,
    ...meters.flatMap(({ fields }, number) => fields.map((field) => fieldOfMeter(field, offsets[number]))),
    ...LINK_FIELDS,
    ...(options.ingressInterface === true ? [INGRESS_INTERFACE] : []),
    ...END_FIELDS,
    ...(options.dpi === true ? labelFields(offsets[offsets.length - 1]) : []),
  ];
}

/** @param offset first word of deep packet inspection in an extension row */
function labelFields(offset: number): ExportField[] {
  const field = { base: Base.Extension, source: offset, when: Present.Label };
  return [
    { ...field, element: 'applicationName', format: DerivedFormat.LabelName, textType: 'string' },
    { ...field, element: 'applicationPath', format: DerivedFormat.LabelPath, textType: 'string' },
    { element: 'metadata', source: 0, format: DerivedFormat.Metadata, textType: 'members' },
  ];
}

function timeFields(time: TimeUnit): ExportField[] {
  const unit = TIME_ELEMENT_UNITS[time];
  return [
    { element: `flowStart${unit}`, source: F.Start, format: Format.Time, shift: 0 },
    { element: `flowEnd${unit}`, source: F.End, format: Format.Time, shift: 10 },
    {
      element: `reverseFlowStart${unit}`,
      base: Base.Extension,
      source: Extension.ReverseStart,
      format: Format.Time,
      shift: 20,
      when: Present.Reverse,
    },
  ];
}

/** `source` of a meter counts from the meter's own words; here it is made to count from the extension row. */
function fieldOfMeter(field: FlowField, offset: number): ExportField {
  if (field.base !== Base.Meter) return field;
  const isFloat = field.format === Format.Float || field.format === Format.Time;
  if (isFloat && offset % 2 !== 0) {
    throw new RangeError(`${field.element}: a 64-bit field of a meter that begins at odd word ${offset}`);
  }
  return { ...field, base: Base.Extension, source: field.source + (isFloat ? offset / 2 : offset) };
}

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

const INGRESS_INTERFACE: ExportField = {
  element: 'ingressInterface',
  source: W.Protocol,
  format: Format.Unsigned,
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
