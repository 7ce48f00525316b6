import type { ClosedFlows } from '../flow/closed-flows.js';
import { Format } from '../flow/flow-field.js';
import type { AbstractDataType, InformationModel } from '../ipfix/information-model.js';
import { elementNamed } from './elements.js';
import { DerivedFormat, type ExportField } from './flow-fields.js';
import { baseOffset } from './record-fields.js';

/** One step of writing a record as text: the characters in front, then a value. The operands follow in the same row. */
export const enum TextOp {
  /** No value: the end of the line. */
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
  LabelName,
  LabelPath,
  Metadata,
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
  Words = 6,
}

/** The first `StepWord.GlueFrom` words of the step that writes the field's value. */
export function valueStep(field: ExportField, closed: ClosedFlows, model: InformationModel): number[] {
  const { format, shift = 0, bits = 32 } = field;
  const isFloat = format === Format.Float || format === Format.Time || format === DerivedFormat.Ordinal;
  const base = baseOffset(field, closed);
  const source = (isFloat ? base / 2 : base) + field.source;
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
    case DerivedFormat.LabelName:
      return [TextOp.LabelName, source, 0, 0];
    case DerivedFormat.LabelPath:
      return [TextOp.LabelPath, source, 0, 0];
    case DerivedFormat.Metadata:
      return [TextOp.Metadata, source, 0, 0];
    default:
      throw new Error(`${field.element}: no text for format ${format}`);
  }
}

function decimals(name: string, type: AbstractDataType | 'list' | 'members'): number {
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
