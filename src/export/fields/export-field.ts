import type { FlowField } from '../../flow/flow-field.js';
import type { InspectionExport } from '../inspection-export.js';

/** Ways to hold a value beyond `Format`, for values that are derived when they are exported. */
export const enum DerivedFormat {
  First = 16,
  /** The float plus one: numbers that count from 0 inside and from 1 outside. */
  Ordinal = First,
  /** `bits` bits of one word from bit `shift` on, plus one. */
  OrdinalBits,
  /** Id of the innermost decapsulated layer of a kind in the set `shift`. */
  TunnelId,
  /** The same with the kind in front: layer2SegmentId and yafLayer2SegmentId. */
  SegmentId,
  /** All decapsulated layers, outermost first. */
  TunnelLayers,
  /** All labels that are kept, top of stack first. */
  Labels,
  /** Label number `shift` of the stack, counted from 0; 0 when the stack has no such label. */
  Label,
  CommunityId,
  /** Time from the flow's start to its first reverse packet, in whole units of the element. */
  ReverseDelta,
  /** flowEndReason, and the bit by which YAF marks the continuation of a flow. */
  YafEndReason,
  /** 0, whatever the record holds. */
  Zero,
  /** YAF's subTemplateMultiList; when `shift` is not 0 with metadata, payload and, when `bits` is not 0, its entropy. */
  MultiList,
  /** `Format.Time` in ms since the exporter started. */
  Uptime,
  /** Name of the application: the label of a rule, else that of inspection. */
  LabelName,
  /** First value of metadata field number `shift` (`METADATA_FIELDS`). */
  FirstValue,

  /** From here on only in text: the characters `text`. */
  Literal,
  /** Sum of two values that stand one behind the other: `bits` is 32 for words, 64 for floats. */
  Sum,
  /** From the flow's start to its end, in whole units of `bits` nanoseconds. */
  Duration,
  /** Date and time of `Format.Time`, with six decimals and the offset `+0000`. */
  OffsetTime,
  /** `Format.Mac` in capital letters with dashes. */
  DashedMac,
  /** The ids of the VLAN tags that are in the key, outermost first. */
  VlanIds,
  /** What `names` has for the value of `bits` bits; a number when it has none. */
  Name,
  /** The same for the TCP control bits, without AE: those of one direction from bit `shift` on, of both when `bits` is 32. */
  TcpNames,
  /** Name of the label of inspection. */
  LabelProtocol,
  /** All names of the label path. */
  LabelPath,
  /** What inspection took from the flow, an object for each protocol. */
  Metadata,
}

export interface ExportField extends FlowField {
  /** Set when `element` is no Information Element, or its value is written otherwise than the element's: the value's type in text. */
  readonly textType?: 'ipv6Address' | 'string' | 'number' | 'list' | 'members';
  /** Conditions (`Present` and `Condition` bits) of which none may hold. */
  readonly unless?: number;
  /** Only in records with metadata of this family (`METADATA_FAMILIES`). */
  readonly family?: number;
  /** Only in profiles that name it. */
  readonly isHidden?: boolean;
  /** Octets in IPFIX, when not as few as the value needs. */
  readonly octets?: number;
  /** Where the value stands in JSON, in dotted form; default: the element's name. */
  readonly key?: string;
  /** What holds the value that the element has in the other direction; null when a flow has only one. */
  readonly twin?: ExportField | null;
  /** What writes the value, where that is taken from inspected payload. */
  readonly inspection?: InspectionExport;
  /** `DerivedFormat.Literal`: JSON as it is written. */
  readonly text?: string;
  /** What stands around the value in JSON, in place of the quotes of a string. */
  readonly around?: readonly [before: string, after: string];
  /** `DerivedFormat.Name` and `TcpNames`: text by value. */
  readonly names?: readonly (string | undefined)[];
}

const OF_INSPECTION: readonly number[] = [
  DerivedFormat.MultiList,
  DerivedFormat.LabelName,
  DerivedFormat.FirstValue,
  DerivedFormat.LabelProtocol,
  DerivedFormat.LabelPath,
  DerivedFormat.Metadata,
];

/** The same field with what writes its value, where that is taken from inspected payload. */
export function withInspection(field: ExportField, inspection: InspectionExport | null): ExportField {
  return inspection !== null && OF_INSPECTION.includes(field.format) ? { ...field, inspection } : field;
}

/** What writes the values of inspected payload; null when no field has any. */
export function inspectionOf(fields: readonly ExportField[]): InspectionExport | null {
  return fields.find(({ inspection }) => inspection !== undefined)?.inspection ?? null;
}

/** What the field is called in text. */
export function keyOf(field: ExportField): string {
  return field.key ?? field.element;
}

export const TIME_UNITS = ['ms', 'us', 'ns'] as const;
/** Resolution in which flow times are exported. */
export type TimeUnit = (typeof TIME_UNITS)[number];

export const COUNTER_KINDS = ['delta', 'total'] as const;
/** Which elements tell packets and octets: `…DeltaCount`, or `…TotalCount` as YAF has them. The values are the same. */
export type CounterKind = (typeof COUNTER_KINDS)[number];
