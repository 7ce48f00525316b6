import type { InformationModel } from '../ipfix/information-model.js';
import { elementNamed } from './elements.js';
import { DerivedFormat, type ExportField } from './flow-fields.js';

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

/** One JSON object a line: names as keys, what RFC 7373 writes as a number as a number, everything else as a string. */
export const JSON_LINES: TextStyle = {
  head: () => '',
  punctuation: (fields, _columns, model) => {
    const quotes = fields.map((field) => (isJsonString(field, model) ? '"' : ''));
    const texts = fields.map(({ element, textType }, n) => {
      // Members bring their own names and commas.
      const name = textType === 'members' ? '' : `${n === 0 ? '' : ','}${JSON.stringify(element)}:${quotes[n]}`;
      return `${n === 0 ? '{' : quotes[n - 1]}${name}`;
    });
    return [...texts, `${quotes.at(-1)}}\n`];
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
  head: (columns) => `${columns.map(({ element }) => element).join(',')}\n`,
  punctuation: (fields, columns) => {
    const places = fields.map(({ element }) => columns.findIndex((column) => column.element === element));
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

const NUMBER_TYPES: ReadonlySet<string> = new Set(['unsigned8', 'unsigned16', 'unsigned32', 'unsigned64']);

/** Numbers that a reader of JSON could not keep exact are strings. */
function isJsonString(field: ExportField, model: InformationModel): boolean {
  if (field.textType !== undefined) return field.textType !== 'list' && field.textType !== 'members';
  const { type } = elementNamed(field.element, model);
  return !NUMBER_TYPES.has(type) || (field.format === DerivedFormat.SegmentId && type === 'unsigned64');
}
