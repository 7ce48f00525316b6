import { writeVariableLength } from './variable-length.js';

/**
 * Structured data (RFC 6313), written straight into a message. A list is begun at an octet, its values or records are written
 * from where `begin…` says, and `endList` fills its length in; records of the list may hold lists themselves. A list whose
 * length is not known beforehand always has it in three octets (RFC 7011 §7 allows that for short ones too).
 *
 * The caller sees to the room: `MAX_VARIABLE_LENGTH` octets are the most that a list may take.
 */

/** How the members of a list stand to what it tells of (RFC 6313 §4.4). */
export const enum ListSemantic {
  NoneOf = 0,
  ExactlyOneOf = 1,
  OneOrMoreOf = 2,
  AllOf = 3,
  Ordered = 4,
  Undefined = 255,
}

const enum Octets {
  /** 255, and the length in two octets. */
  Length = 3,
  Semantic = 1,
  TemplateId = 2,
  /** Template id and length of one list in a subTemplateMultiList. */
  ListRecordsHeader = 4,
  LongMark = 255,
  EnterpriseBit = 0x80,
}

/**
 * Begins a basicList (RFC 6313 §4.5.1) of values of one element.
 * @param valueOctets length of every value; 65,535 when each has its own in front
 * @returns where the first value goes
 */
export function beginBasicList(
  octets: Uint8Array,
  list: number,
  semantic: ListSemantic,
  pen: number,
  id: number,
  valueOctets: number,
): number {
  let at = list + Octets.Length;
  octets[at++] = semantic;
  octets[at++] = pen === 0 ? id >>> 8 : (id >>> 8) | Octets.EnterpriseBit;
  octets[at++] = id;
  octets[at++] = valueOctets >>> 8;
  octets[at++] = valueOctets;
  if (pen === 0) return at;
  for (let shift = 24; shift >= 0; shift -= 8) octets[at++] = pen >>> shift;
  return at;
}

/**
 * Begins a subTemplateList (RFC 6313 §4.5.2) of records of one Template.
 * @returns where the first record goes
 */
export function beginSubTemplateList(
  octets: Uint8Array,
  list: number,
  semantic: ListSemantic,
  templateId: number,
): number {
  const at = list + Octets.Length;
  octets[at] = semantic;
  octets[at + 1] = templateId >>> 8;
  octets[at + 2] = templateId;
  return at + Octets.Semantic + Octets.TemplateId;
}

/**
 * Begins a subTemplateMultiList (RFC 6313 §4.5.3), whose members are begun with `beginListRecords`.
 * @returns where the first of them goes
 */
export function beginSubTemplateMultiList(octets: Uint8Array, list: number, semantic: ListSemantic): number {
  octets[list + Octets.Length] = semantic;
  return list + Octets.Length + Octets.Semantic;
}

/** Begins the records of one Template in a subTemplateMultiList. Returns where the first record goes. */
export function beginListRecords(octets: Uint8Array, at: number, templateId: number): number {
  octets[at] = templateId >>> 8;
  octets[at + 1] = templateId;
  return at + Octets.ListRecordsHeader;
}

/** Ends the records that were begun at `start` and end at `end`. Returns `end`. */
export function endListRecords(octets: Uint8Array, start: number, end: number): number {
  const length = end - start;
  octets[start + 2] = length >>> 8;
  octets[start + 3] = length;
  return end;
}

/** Ends the list that was begun at `list`, of any kind, and ends at `end`. Returns `end`. */
export function endList(octets: Uint8Array, list: number, end: number): number {
  const length = end - list - Octets.Length;
  octets[list] = Octets.LongMark;
  octets[list + 1] = length >>> 8;
  octets[list + 2] = length;
  return end;
}

/** Writes `from[start…end]` as a field of variable length: its length, and itself. Returns where it ends. */
export function writeVariable(octets: Uint8Array, at: number, from: Uint8Array, start: number, end: number): number {
  let p = writeVariableLength(octets, at, end - start);
  for (let n = start; n < end; n++) octets[p++] = from[n];
  return p;
}

/** A list without entries, its length in one octet. Answers where it ends. */
export function writeEmptyList(octets: Uint8Array, at: number): number {
  octets[at] = 1;
  octets[at + 1] = ListSemantic.AllOf;
  return at + 2;
}
