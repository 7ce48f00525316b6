import type { InformationModel } from '../../ipfix/information-model.js';
import { elementNamed } from '../fields/elements.js';
import { DerivedFormat, type ExportField, keyOf } from '../fields/export-field.js';

/** How the values of a record become one line of text. */
export interface TextStyle {
  /** What stands before anything else: a header line, or nothing. */
  head(columns: readonly ExportField[]): string;
  /** What stands before each value of a record, and behind the last: one more than `fields`, which are some of `columns`. */
  punctuation(fields: readonly ExportField[], columns: readonly ExportField[], model: InformationModel): string[];
  /** Around the members of a list, and between them. */
  readonly listOpen: string;
  readonly listSeparator: string;
  readonly listClose: string;
  /** Around kind and id of a tunnel layer, and between them. */
  readonly layerOpen: string;
  readonly layerSeparator: string;
  readonly layerClose: string;
}

/**
 * One JSON object a line: names as keys, what RFC 7373 writes as a number as a number, everything else as a string. A name with
 * dots is a key in an object of that name; such names stand together.
 */
export const JSON_LINES: TextStyle = {
  head: () => '',
  punctuation: (fields, _columns, model) => {
    const around = fields.map((field) => surroundings(field, model));
    const paths = fields.map((field) => keyOf(field).split('.'));
    const texts = fields.map((field, n) => {
      const before = n === 0 ? '{' : around[n - 1][1] + objectsEnd(paths[n - 1], paths[n]);
      // Members bring their own names and commas.
      if (field.textType === 'members') return before;
      return `${before}${n === 0 ? '' : ','}${objectsBegin(paths[n - 1] ?? [], paths[n])}${around[n][0]}`;
    });
    return [...texts, `${around.at(-1)?.[1]}${objectsEnd(paths.at(-1) ?? [], [])}}\n`];
  },
  listOpen: '[',
  listSeparator: ',',
  listClose: ']',
  layerOpen: '{"kind":"',
  layerSeparator: '","id":',
  layerClose: '}',
};

/** Comma-separated values (RFC 4180, lines end with LF): a line of names, then every column in every line, empty where a record has no value. No value needs quotes. */
export const CSV: TextStyle = {
  head: (fields) => `${columnsOf(fields).join(',')}\n`,
  punctuation: (fields, all) => {
    const columns = columnsOf(all);
    const places = fields.map((field) => columns.indexOf(keyOf(field)));
    const texts = places.map((place, n) => ','.repeat(place - (places[n - 1] ?? 0)));
    return [...texts, `${','.repeat(columns.length - 1 - (places.at(-1) ?? 0))}\n`];
  },
  listOpen: '',
  listSeparator: ';',
  listClose: '',
  layerOpen: '',
  layerSeparator: ':',
  layerClose: '',
};

/** A name may be that of several fields, of which a record has one. */
function columnsOf(fields: readonly ExportField[]): string[] {
  return [...new Set(fields.map(keyOf))];
}

/** How many objects two keys have in common. */
function common(path: readonly string[], other: readonly string[]): number {
  let n = 0;
  while (n < path.length - 1 && n < other.length - 1 && path[n] === other[n]) n++;
  return n;
}

/** Ends the objects that the key `from` stands in and the key `to` does not. */
function objectsEnd(from: readonly string[], to: readonly string[]): string {
  return '}'.repeat(Math.max(0, from.length - 1 - common(from, to)));
}

/** Begins the objects that the key `to` stands in and the key `from` does not, and writes the key. */
function objectsBegin(from: readonly string[], to: readonly string[]): string {
  const shared = common(from, to);
  return to
    .slice(shared)
    .map((name, n) => `${JSON.stringify(name)}:${n + shared < to.length - 1 ? '{' : ''}`)
    .join('');
}

const NUMBER_TYPES: ReadonlySet<string> = new Set(['unsigned8', 'unsigned16', 'unsigned32', 'unsigned64']);

/** What stands before and behind a value: quotes, when it is a string. The value of a literal is all before. */
function surroundings(field: ExportField, model: InformationModel): readonly [string, string] {
  if (field.format === DerivedFormat.Literal) return [field.text ?? 'null', ''];
  if (field.around !== undefined) return field.around;
  return isJsonString(field, model) ? ['"', '"'] : ['', ''];
}

/** Numbers that a reader of JSON could not keep exact are strings. */
function isJsonString(field: ExportField, model: InformationModel): boolean {
  if (field.textType !== undefined) return field.textType === 'string' || field.textType === 'ipv6Address';
  const { type } = elementNamed(field.element, model);
  return !NUMBER_TYPES.has(type) || (field.format === DerivedFormat.SegmentId && type === 'unsigned64');
}
