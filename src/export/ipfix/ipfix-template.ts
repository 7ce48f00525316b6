import type { ClosedFlows } from '../../flow/closed-flows.js';
import { Format } from '../../flow/flow-field.js';
import type { InformationElement, InformationModel } from '../../ipfix/information-model.js';
import { ENTERPRISE_BIT } from '../../ipfix/message-layout.js';
import { VARIABLE_LENGTH } from '../../ipfix/template.js';
import { elementNamed, naturalOctets } from '../fields/elements.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { sourceOf } from '../fields/record-fields.js';

/** One step of encoding a record: what is written. The operands follow in the same row of the list. */
export const enum Op {
  /** `OpWord.Mask` of the word, shifted, in one, two or three octets. */
  Octet,
  TwoOctets,
  ThreeOctets,
  FourOctets,
  /** A whole word. */
  Word,
  /** Four words. */
  FourWords,
  /** A float as unsigned64, with the operand added. */
  Unsigned64,
  /** A float below 2^32 in four octets. */
  Unsigned32,
  Milliseconds,
  Microseconds,
  Nanoseconds,
  /** 48 bits that begin with a word. */
  MacFromWord,
  /** 48 bits that begin with the lower half of a word. */
  MacFromHalf,
  TcpBits,
  /** The same without AE: one octet. */
  TcpOctet,
  /** A time in ms of sysUptime. */
  Uptime,
  TunnelId,
  /** yafLayer2SegmentId: a VXLAN, NVGRE or GENEVE layer. */
  SegmentId32,
  /** layer2SegmentId of a VXLAN or NVGRE layer. */
  SegmentId64,
  /** A whole word as unsigned64. */
  WordUnsigned64,
  /** As `TwoOctets` and `FourOctets`, plus one. */
  TwoOctetsOrdinal,
  FourOctetsOrdinal,
  /** Milliseconds in 4 octets, microseconds and nanoseconds in 8. */
  DeltaMilliseconds,
  DeltaMicroseconds,
  DeltaNanoseconds,
  /** A label of the stack in three octets. */
  Label,
  YafEndReason,
  /** YAF's details of a flow. */
  MultiList,
  /** Name of an application label, its length in front. */
  LabelName,
  /** First value of the metadata field of that number. */
  FirstValue,

  // Several steps in one (`joinSteps`); the mask is the second source.
  TwoWords,
  /** The shift is the second, the mask the third source. */
  ThreeWords,
  EightWords,
  TwoMilliseconds,
  /** `FourOctets` twice, unshifted and of one mask: the shift is the second source. */
  TwoFourOctets,
  /** `Word`, and `Unsigned64` with nothing added: packets and octets. */
  WordAndUnsigned64,
  /** `WordAndUnsigned64` twice: two sources in each of source and mask. */
  TwoCounters,
  /** `Octet` twice, all bits of it: the second shift stands eight bits above the first. */
  TwoSingleOctets,
  /** `Octet` four times: all octets of a word, the lowest first. */
  ReversedWord,
  /** `Octet` twice, unshifted: two masks in the shift. */
  TwoLowOctets,
  /** `TwoFourOctets`, and `Octet` of the top octets of the same two words. The shift is the second source. */
  TwoExtremes,
  /** `MacFromHalf` and `MacFromWord`. */
  TwoMacs,
  /** `Octet`, all bits of it, and `Unsigned64`: two operands in each of source and shift. */
  OctetAndUnsigned64,
  /** `TcpBits` of both directions. */
  BothTcpBits,
}

/** Two operands of joined steps in one word: the second in the upper half. */
export const enum Joined {
  Shift = 16,
  Operand = 0xffff,
}

/** Words of one step in a list of steps. */
export const enum OpWord {
  Kind = 0,
  /** Word or float, counted from the start of the closed record. */
  Source = 1,
  Shift = 2,
  Mask = 3,
  Words = 4,
}

/** One field of a Template Record (RFC 7011 §3.2). */
export interface FieldSpecifier {
  readonly element: InformationElement;
  readonly octets: number;
}

/** How the fields are announced: those that have an Information Element. */
export function fieldSpecifiers(fields: readonly ExportField[], model: InformationModel): FieldSpecifier[] {
  return fields.filter(isElement).map((field) => {
    const element = elementNamed(field.element, model);
    return { element, octets: encodedOctets(field, element) };
  });
}

/** A subTemplateMultiList without entries: its length, and its semantic. */
const EMPTY_LIST_OCTETS = 2;

/** Octets of a record of these fields at most; of lists and of metadata those that they have without any value. */
export function recordOctets(fields: readonly ExportField[], specifiers: readonly FieldSpecifier[]): number {
  return fields.filter(isElement).reduce((sum, { format, inspection }, n) => {
    const { octets } = specifiers[n];
    if (octets !== VARIABLE_LENGTH) return sum + octets;
    if (format === DerivedFormat.MultiList) return sum + EMPTY_LIST_OCTETS;
    return sum + (format === DerivedFormat.LabelName ? 1 + (inspection?.longestLabel ?? 0) : 1);
  }, 0);
}

/** The steps, `OpWord.Words` words each, that encode the fields as `specifiers`, those of the same fields, announce them. */
export function encodingSteps(
  fields: readonly ExportField[],
  specifiers: readonly FieldSpecifier[],
  closed: ClosedFlows,
): number[] {
  return fields.filter(isElement).flatMap((field, n) => {
    const { element, octets } = specifiers[n];
    return step(field, element, octets, closed);
  });
}

function isElement(field: ExportField): boolean {
  return field.textType === undefined;
}

/** Unsigned values that never need all octets of their type are sent with fewer (RFC 7011 §6.2): 1, 2 or 4. */
function encodedOctets(field: ExportField, element: InformationElement): number {
  const { format, bits = 32 } = field;
  if (field.octets !== undefined) return field.octets;
  if (format === DerivedFormat.MultiList || format === DerivedFormat.LabelName) return VARIABLE_LENGTH;
  if (format === DerivedFormat.FirstValue && (element.type === 'string' || element.type === 'octetArray'))
    return VARIABLE_LENGTH;
  if (format === DerivedFormat.Label) return Math.ceil(bits / 8);
  if (format !== Format.Unsigned && format !== DerivedFormat.OrdinalBits) return naturalOctets(element);
  const needed = Math.ceil(bits / 8);
  if (element.type === 'octetArray') return needed;
  return Math.min(naturalOctets(element), needed === 3 ? 4 : needed);
}

function step(field: ExportField, element: InformationElement, octets: number, closed: ClosedFlows): number[] {
  const { format, shift = 0, bits = 32 } = field;
  const source = sourceOf(field, closed);
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  switch (format) {
    case Format.Unsigned:
      return [unsignedOp(element, octets, shift, bits), source, shift, mask];
    case Format.Float:
      return [octets === 4 ? Op.Unsigned32 : Op.Unsigned64, source, 0, 0];
    case DerivedFormat.Ordinal:
      return [Op.Unsigned64, source, 1, 0];
    case Format.Time:
      return [timeOp(element), source, shift, 0];
    case DerivedFormat.Uptime:
      return [Op.Uptime, source, 0, 0];
    case Format.Address:
      return [octets === 16 ? Op.FourWords : Op.Word, source, 0, 0];
    case Format.Mac:
      return [shift === 0 ? Op.MacFromWord : Op.MacFromHalf, source, 0, 0];
    case Format.TcpBits:
      return [octets === 1 ? Op.TcpOctet : Op.TcpBits, source, shift, 0];
    case DerivedFormat.TunnelId:
      return [Op.TunnelId, source, shift, 0];
    case DerivedFormat.SegmentId:
      return [octets === 8 ? Op.SegmentId64 : Op.SegmentId32, source, shift, 0];
    case DerivedFormat.OrdinalBits:
      return [octets === 2 ? Op.TwoOctetsOrdinal : Op.FourOctetsOrdinal, source, shift, mask];
    case DerivedFormat.Zero:
      return [unsignedOp(element, octets, shift, 1), source, shift, 0];
    case DerivedFormat.ReverseDelta:
      return [DELTA_OPS[element.units] ?? unexpected(element), source, 0, 0];
    case DerivedFormat.Label:
      return [Op.Label, source, shift, 0];
    case DerivedFormat.YafEndReason:
      return [Op.YafEndReason, source, 0, 0];
    case DerivedFormat.MultiList:
      return [Op.MultiList, 0, 0, 0];
    case DerivedFormat.FirstValue:
      return [Op.FirstValue, 0, shift, 0];
    case DerivedFormat.LabelName:
      return [Op.LabelName, source, 0, 0];
    default:
      throw new Error(`${field.element}: no IPFIX encoding for format ${format}`);
  }
}

function unsignedOp(element: InformationElement, octets: number, shift: number, bits: number): Op {
  switch (octets) {
    case 1:
      return Op.Octet;
    case 2:
      return Op.TwoOctets;
    case 3:
      return Op.ThreeOctets;
    case 4:
      return shift === 0 && bits === 32 ? Op.Word : Op.FourOctets;
    case 8:
      return Op.WordUnsigned64;
    default:
      throw new Error(`${element.name}: ${octets} octets cannot be made of one word`);
  }
}

const DELTA_OPS: Readonly<Record<string, Op>> = {
  milliseconds: Op.DeltaMilliseconds,
  microseconds: Op.DeltaMicroseconds,
  nanoseconds: Op.DeltaNanoseconds,
};

function unexpected({ name, units }: InformationElement): never {
  throw new Error(`${name}: ${units} are no units of a time that is exported`);
}

function timeOp(element: InformationElement): Op {
  switch (element.type) {
    case 'dateTimeMilliseconds':
      return Op.Milliseconds;
    case 'dateTimeMicroseconds':
      return Op.Microseconds;
    case 'dateTimeNanoseconds':
      return Op.Nanoseconds;
    default:
      throw new Error(`${element.name}: type ${element.type} is no time that is exported`);
  }
}

/** What tells Templates apart but their ids. */
export function templateContent(specifiers: readonly FieldSpecifier[], scopeFieldCount = 0): string {
  return Buffer.from(templateRecord(0, specifiers, scopeFieldCount)).toString('latin1');
}

const RECORD_HEADER_OCTETS = 4;
const SCOPE_COUNT_OCTETS = 2;
const SPECIFIER_OCTETS = 4;
const ENTERPRISE_OCTETS = 4;

/**
 * A Template Record (RFC 7011 §3.4.1) as it stands in a Set; with scope fields an Options Template Record (§3.4.2.2).
 * @param scopeFieldCount how many of the first fields are the scope, 0 for a Template of Data Records
 */
export function templateRecord(id: number, specifiers: readonly FieldSpecifier[], scopeFieldCount = 0): Uint8Array {
  const octets = Buffer.alloc(
    RECORD_HEADER_OCTETS +
      (scopeFieldCount > 0 ? SCOPE_COUNT_OCTETS : 0) +
      specifiers.reduce((sum, { element }) => sum + SPECIFIER_OCTETS + (element.pen === 0 ? 0 : ENTERPRISE_OCTETS), 0),
  );
  let at = octets.writeUInt16BE(id, 0);
  at = octets.writeUInt16BE(specifiers.length, at);
  if (scopeFieldCount > 0) at = octets.writeUInt16BE(scopeFieldCount, at);
  for (const { element, octets: length } of specifiers) {
    at = octets.writeUInt16BE(element.pen === 0 ? element.id : element.id | ENTERPRISE_BIT, at);
    at = octets.writeUInt16BE(length, at);
    if (element.pen !== 0) at = octets.writeUInt32BE(element.pen, at);
  }
  return octets;
}
