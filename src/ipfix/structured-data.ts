import type { RecordContext } from './domain-templates.js';
import type { AbstractDataType } from './information-model.js';
import { ENTERPRISE_BIT } from './message-layout.js';
import { FieldSpans, locateFields, VARIABLE_LENGTH, type Template } from './template.js';
import { hexText, jsonText, scalarValue } from './value-text.js';

/** Lists inside lists that are shown as such; what lies deeper is shown as octets. */
export const MAX_LIST_DEPTH = 8;

/** RFC 6313 §4.4. */
const SEMANTICS: Readonly<Record<number, string>> = {
  0: 'noneOf',
  1: 'exactlyOneOf',
  2: 'oneOrMoreOf',
  3: 'allOf',
  4: 'ordered',
  255: 'undefined',
};

/** One list of records of one Template, where it lies in its record. */
export interface RecordList {
  readonly templateId: number;
  readonly start: number;
  readonly end: number;
}

const LIST_RECORD_HEADER_OCTETS = 4;

/** Finds the lists of a subTemplateMultiList (RFC 6313 §4.5.3), or null when it is malformed. */
export function multiListEntries(octets: Buffer, offset: number, length: number): RecordList[] | null {
  const end = offset + length;
  const entries: RecordList[] = [];
  let at = offset + 1;
  while (at < end) {
    if (end - at < LIST_RECORD_HEADER_OCTETS) return null;
    const listLength = octets.readUInt16BE(at + 2);
    if (listLength < LIST_RECORD_HEADER_OCTETS || at + listLength > end) return null;
    entries.push({
      templateId: octets.readUInt16BE(at),
      start: at + LIST_RECORD_HEADER_OCTETS,
      end: at + listLength,
    });
    at += listLength;
  }
  return entries;
}

/** JSON of any field: scalars as `jsonText`, lists nested. A list that is malformed or too deep is its octets in hexadecimal. */
export function fieldJson(
  octets: Buffer,
  offset: number,
  length: number,
  type: AbstractDataType,
  context: RecordContext,
  depth = 0,
): string {
  switch (type) {
    case 'basicList':
    case 'subTemplateList':
    case 'subTemplateMultiList':
      return listJson(octets, offset, length, type, context, depth);
    default:
      return jsonText(scalarValue(octets, offset, length, type));
  }
}

function listJson(
  octets: Buffer,
  offset: number,
  length: number,
  type: 'basicList' | 'subTemplateList' | 'subTemplateMultiList',
  context: RecordContext,
  depth: number,
): string {
  if (length === 0) return 'null';
  const text = depth < MAX_LIST_DEPTH ? readList[type](octets, offset, length, context, depth + 1) : null;
  return text ?? jsonText(hexText(octets, offset, length));
}

type ListReader = (
  octets: Buffer,
  offset: number,
  length: number,
  context: RecordContext,
  depth: number,
) => string | null;

const readList: Record<'basicList' | 'subTemplateList' | 'subTemplateMultiList', ListReader> = {
  basicList: basicListJson,
  subTemplateList: subTemplateListJson,
  subTemplateMultiList: subTemplateMultiListJson,
};

function semanticJson(octets: Buffer, offset: number): string {
  const code = octets[offset];
  return `"semantic":"${SEMANTICS[code] ?? code}"`;
}

/** RFC 6313 §4.5.1: semantic, field specifier, values. */
function basicListJson(
  octets: Buffer,
  offset: number,
  length: number,
  context: RecordContext,
  depth: number,
): string | null {
  const end = offset + length;
  if (length < 5) return null;
  const word = octets.readUInt16BE(offset + 1);
  const valueLength = octets.readUInt16BE(offset + 3);
  let at = offset + 5;
  let pen = 0;
  if ((word & ENTERPRISE_BIT) !== 0) {
    if (end - at < 4) return null;
    pen = octets.readUInt32BE(at);
    at += 4;
  }
  if (valueLength === 0 && at < end) return null;
  const element = context.element(pen, word & ~ENTERPRISE_BIT);
  const values: string[] = [];
  while (at < end) {
    let size = valueLength;
    if (valueLength === VARIABLE_LENGTH) {
      size = octets[at++]!;
      if (size === 255) {
        if (end - at < 2) return null;
        size = octets.readUInt16BE(at);
        at += 2;
      }
    }
    if (size > end - at) return null;
    values.push(fieldJson(octets, at, size, element.type, context, depth));
    at += size;
  }
  return `{${semanticJson(octets, offset)},"element":${jsonText(element.name)},"values":[${values.join(',')}]}`;
}

/** RFC 6313 §4.5.2: semantic, Template id, records. */
function subTemplateListJson(
  octets: Buffer,
  offset: number,
  length: number,
  context: RecordContext,
  depth: number,
): string | null {
  if (length < 3) return null;
  const list = { templateId: octets.readUInt16BE(offset + 1), start: offset + 3, end: offset + length };
  const records = recordListJson(octets, list, context, depth);
  return records === null ? null : `{${semanticJson(octets, offset)},${records}}`;
}

function subTemplateMultiListJson(
  octets: Buffer,
  offset: number,
  length: number,
  context: RecordContext,
  depth: number,
): string | null {
  const entries = multiListEntries(octets, offset, length);
  if (entries === null) return null;
  const lists: string[] = [];
  for (const entry of entries) {
    const records = recordListJson(octets, entry, context, depth);
    if (records === null) return null;
    lists.push(`{${records}}`);
  }
  return `{${semanticJson(octets, offset)},"lists":[${lists.join(',')}]}`;
}

/** `"templateId":…,"records":[…]`; the octets in place of the records when their Template is not known; null when malformed. */
function recordListJson(octets: Buffer, list: RecordList, context: RecordContext, depth: number): string | null {
  const { templateId, start, end } = list;
  const head = `"templateId":${templateId},`;
  if (start === end) return `${head}"records":[]`;
  const template = context.template(templateId);
  if (template === undefined || template.minimumLength === 0)
    return `${head}"octets":${jsonText(hexText(octets, start, end - start))}`;
  const spans = new FieldSpans();
  const records: string[] = [];
  let at = start;
  while (end - at >= template.minimumLength) {
    const next = locateFields(template, octets, at, end, spans);
    if (next < 0) return null;
    records.push(recordJson(octets, template, spans, context, depth));
    at = next;
  }
  return `${head}"records":[${records.join(',')}]`;
}

/** An object of the record's fields. Padding is left out; an element that stands there several times becomes an array. */
export function recordJson(
  octets: Buffer,
  template: Template,
  spans: FieldSpans,
  context: RecordContext,
  depth = 0,
): string {
  let text = '';
  for (const { key, indexes, type } of jsonKeysOf(template)) {
    if (text !== '') text += ',';
    text += key;
    if (indexes.length === 1) {
      const index = indexes[0];
      text += fieldJson(octets, spans.offsets[index], spans.lengths[index], type, context, depth);
    } else {
      const values = indexes.map((index) =>
        fieldJson(octets, spans.offsets[index], spans.lengths[index], type, context, depth),
      );
      text += `[${values.join(',')}]`;
    }
  }
  return `{${text}}`;
}

interface JsonKey {
  /** `"name":` */
  readonly key: string;
  /** The template's fields of that name. */
  readonly indexes: number[];
  readonly type: AbstractDataType;
}

const jsonKeys = new WeakMap<Template, readonly JsonKey[]>();

function jsonKeysOf(template: Template): readonly JsonKey[] {
  const known = jsonKeys.get(template);
  if (known !== undefined) return known;
  const byName = new Map<string, JsonKey>();
  template.fields.forEach(({ element }, index) => {
    if (element.name === 'paddingOctets') return;
    // Two registries may share a name: then the one that comes second is told apart by its number.
    const first = byName.get(element.name);
    const isOther = first !== undefined && template.fields[first.indexes[0]].element.pen !== element.pen;
    const name = isOther ? `${element.pen}/${element.id}` : element.name;
    const same = byName.get(name);
    if (same !== undefined) same.indexes.push(index);
    else byName.set(name, { key: `${jsonText(name)}:`, indexes: [index], type: element.type });
  });
  const keys = [...byName.values()];
  jsonKeys.set(template, keys);
  return keys;
}
