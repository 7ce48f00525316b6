import type { ClosedFlows } from '../../flow/closed-flows.js';
import { Format } from '../../flow/flow-field.js';
import type { AbstractDataType, InformationModel } from '../../ipfix/information-model.js';
import { elementNamed } from '../fields/elements.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { sourceOf } from '../fields/record-fields.js';
import type { InspectionExport } from '../inspection-export.js';

/** One step of writing a record as text: the characters in front, then a value. The operands follow in the same row. */
export const enum TextOp {
  /** No value: the end of the line, or a literal. */
  None,
  /** `StepWord.Mask` of the word, shifted, as a number. */
  Bits,
  /** A whole word as a number. */
  Word,
  /** A float with the operand added. */
  Float,
  /** With as many decimals as the mask says. */
  Time,
  Ipv4,
  Ipv6,
  /** 48 bits that begin with a word. */
  MacFromWord,
  /** 48 bits that begin with the lower half of a word. */
  MacFromHalf,
  TcpBits,
  /** As many hexadecimal digits as the mask says. */
  Hex,
  TunnelId,
  SegmentId32,
  SegmentId64,
  TunnelLayers,
  Labels,
  CommunityId,
  /** As `Bits`, plus one. */
  OrdinalBits,
  YafEndReason,
  /** A label of the stack, as six hexadecimal digits. */
  Label,
  /** In units of as many nanoseconds as the mask says: from the flow's start to a float. */
  ReverseDelta,
  /** The same, to the flow's end. */
  Duration,
  SumOfWords,
  SumOfFloats,
  OffsetTime,
  DashedMac,
  VlanIds,
  /** Name of `Bits`: the mask has the bits in its lower half, the number of the names in its upper. */
  Name,
  /** Name of the control bits of one direction, and of both; the mask is the number of the names. */
  TcpName,
  BothTcpName,
  LabelName,
  LabelProtocol,
  LabelPath,
  Metadata,
  /** The first octets of a direction, in hexadecimal: the operand is the number of their element. */
  Payload,
}

/** Words of one step in a list of steps. */
export const enum StepWord {
  Kind = 0,
  /** Word or float, counted from the start of the closed record. */
  Source = 1,
  Shift = 2,
  Mask = 3,
  /** What stands in front of the value, in the list of such texts. */
  GlueFrom = 4,
  GlueTo = 5,
  GlueOctets = 6,
  Words = 7,
}

/** Nanoseconds of the units that times from one moment to another are told in. */
const UNIT_NANOSECONDS: Readonly<Record<string, number>> = { milliseconds: 1e6, microseconds: 1e3, nanoseconds: 1 };

/**
 * The first `StepWord.GlueFrom` words of the step that writes the field's value.
 * @param inspection writes what inspected payload gives
 * @param names gives lists of names their number
 */
export function valueStep(
  field: ExportField,
  closed: ClosedFlows,
  model: InformationModel,
  inspection: InspectionExport | null,
  names: (list: readonly (string | undefined)[]) => number,
): number[] {
  const { format, shift = 0, bits = 32 } = field;
  const source = sourceOf(field, closed);
  const type = field.textType ?? elementNamed(field.element, model).type;
  switch (format) {
    case Format.Unsigned:
      if (type === 'octetArray') return [TextOp.Hex, source, shift, Math.ceil(bits / 8) * 2];
      return bits === 32 ? [TextOp.Word, source, 0, 0] : [TextOp.Bits, source, shift, (1 << bits) - 1];
    case Format.Float:
      return [TextOp.Float, source, 0, 0];
    case DerivedFormat.Ordinal:
      return [TextOp.Float, source, 1, 0];
    case Format.Time:
      return [TextOp.Time, source, shift, decimals(field.element, type)];
    case Format.Address:
      return [type === 'ipv6Address' ? TextOp.Ipv6 : TextOp.Ipv4, source, 0, 0];
    case Format.Mac:
      return [shift === 0 ? TextOp.MacFromWord : TextOp.MacFromHalf, source, 0, 0];
    case Format.TcpBits:
      return [TextOp.TcpBits, source, shift, 0];
    case DerivedFormat.TunnelId:
      return [TextOp.TunnelId, source, shift, 0];
    case DerivedFormat.SegmentId:
      return [type === 'unsigned64' ? TextOp.SegmentId64 : TextOp.SegmentId32, source, shift, 0];
    case DerivedFormat.TunnelLayers:
      return [TextOp.TunnelLayers, source, 0, 0];
    case DerivedFormat.Labels:
      return [TextOp.Labels, source, 0, 0];
    case DerivedFormat.CommunityId:
      return [TextOp.CommunityId, source, 0, 0];
    case DerivedFormat.OrdinalBits:
      return [TextOp.OrdinalBits, source, shift, (1 << bits) - 1];
    case DerivedFormat.Label:
      return [TextOp.Label, source, shift, 0];
    case DerivedFormat.YafEndReason:
      return [TextOp.YafEndReason, source, 0, 0];
    case DerivedFormat.Zero:
      return [TextOp.Bits, source, 0, 0];
    case DerivedFormat.ReverseDelta:
      return [TextOp.ReverseDelta, source, 0, UNIT_NANOSECONDS[elementNamed(field.element, model).units]];
    case DerivedFormat.Duration:
      return [TextOp.Duration, source, 0, bits];
    case DerivedFormat.Sum:
      return [bits === 64 ? TextOp.SumOfFloats : TextOp.SumOfWords, source, 0, 0];
    case DerivedFormat.Literal:
      return [TextOp.None, 0, 0, 0];
    case DerivedFormat.OffsetTime:
      return [TextOp.OffsetTime, source, shift, 0];
    case DerivedFormat.DashedMac:
      return [TextOp.DashedMac, source, shift === 0 ? 16 : 0, 0];
    case DerivedFormat.VlanIds:
      return [TextOp.VlanIds, source, 0, 0];
    case DerivedFormat.Name:
      return [TextOp.Name, source, shift, ((1 << bits) - 1) | (names(field.names ?? []) << 16)];
    case DerivedFormat.TcpNames:
      return [bits === 32 ? TextOp.BothTcpName : TextOp.TcpName, source, shift, names(field.names ?? [])];
    case DerivedFormat.LabelName:
      return [TextOp.LabelName, source, 0, 0];
    case DerivedFormat.LabelProtocol:
      return [TextOp.LabelProtocol, source, 0, 0];
    case DerivedFormat.LabelPath:
      return [TextOp.LabelPath, source, 0, 0];
    case DerivedFormat.FirstValue:
      return [TextOp.Payload, source, inspection?.elementOf(shift) ?? 0, 0];
    case DerivedFormat.Metadata:
      return [TextOp.Metadata, source, 0, 0];
    default:
      throw new Error(`${field.element}: no text for format ${format}`);
  }
}

function decimals(name: string, type: AbstractDataType | 'list' | 'members' | 'number'): number {
  switch (type) {
    case 'dateTimeMilliseconds':
      return 3;
    case 'dateTimeMicroseconds':
      return 6;
    case 'dateTimeNanoseconds':
      return 9;
    default:
      throw new Error(`${name}: type ${type} is no time that is exported`);
  }
}
