import { itemEnd } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { InformationModel } from '../../../ipfix/information-model.js';
import { VARIABLE_LENGTH } from '../../../ipfix/template.js';
import { elementNamed } from '../../fields/elements.js';
import type { FieldSpecifier } from '../ipfix-template.js';
import { beginBasicList, beginSubTemplateList, endList, ListSemantic } from '../structured-list.js';
import { itemValue } from '../value-octets.js';
import { type DetailsWriter, NONE } from './details-writer.js';

const model = new InformationModel();

/** A field of a Template for structured data: how it is announced, and how its value is made of metadata. */
export interface DetailField {
  readonly specifier: FieldSpecifier;
  /** The element whose values a list has, in brackets when the list is basicList itself; else the field's own. For docs. */
  readonly content: string;
  /** Octets without a value. */
  readonly least: number;
  /** Templates of the lists in it. */
  readonly templates: readonly SubTemplate[];
  /** Writes the value of the record whose items stand from `from` to `to`; at least `least` octets are free. */
  write(writer: DetailsWriter, from: number, to: number): void;
}

/** A Template of YAF's for structured data, with its own id. */
export interface SubTemplate {
  readonly id: number;
  readonly fields: readonly DetailField[];
  /** Octets of a record without values. */
  readonly least: number;
}

/** Gives a path of a protocol's elements (`requests.host`) its number in the registry. */
export type Numbers = (path: string) => number;

export function subTemplate(id: number, fields: readonly DetailField[]): SubTemplate {
  return { id, fields, least: fields.reduce((sum, { least }) => sum + least, 0) };
}

/** The Template and all that its lists have, each once. */
export function withInner(template: SubTemplate): SubTemplate[] {
  const all = [template, ...template.fields.flatMap(({ templates }) => templates.flatMap(withInner))];
  return all.filter(({ id }, n) => all.findIndex((other) => other.id === id) === n);
}

/** Writes a record of which `least` octets are free at least. */
export function writeRecord(writer: DetailsWriter, { fields, least }: SubTemplate, from: number, to: number): void {
  writer.end -= least;
  for (const field of fields) {
    writer.end += field.least;
    field.write(writer, from, to);
  }
}

const enum Least {
  Variable = 1,
  /** Length in three octets, semantic, element with enterprise, length of values. */
  BasicList = 12,
  /** Length in three octets, semantic, Template. */
  SubTemplateList = 6,
}

function specifier(element: string, octets: number = VARIABLE_LENGTH): FieldSpecifier {
  return { element: elementNamed(element, model), octets };
}

function nameOf(element: string): string {
  return elementNamed(element, model).name;
}

/** The first value, as text. */
export function text(element: string, number: number): DetailField {
  return {
    specifier: specifier(element),
    content: nameOf(element),
    least: Least.Variable,
    templates: [],
    write(writer, from, to) {
      const start = writer.beginVariable();
      const item = writer.first(number, from, to);
      if (item !== NONE) writer.addText(item, start);
      writer.endVariable(start);
    },
  };
}

/** A text that `add` makes. */
export function madeText(
  element: string,
  add: (writer: DetailsWriter, from: number, to: number, start: number) => void,
): DetailField {
  return {
    specifier: specifier(element),
    content: nameOf(element),
    least: Least.Variable,
    templates: [],
    write(writer, from, to) {
      const start = writer.beginVariable();
      add(writer, from, to, start);
      writer.endVariable(start);
    },
  };
}

/** The first value, as octets. */
export function octets(element: string, number: number): DetailField {
  return {
    specifier: specifier(element),
    content: nameOf(element),
    least: Least.Variable,
    templates: [],
    write: (writer, from, to) => writer.variableOctets(writer.first(number, from, to)),
  };
}

/** The first value, as `width` octets, zeros without one. */
export function fixedOctets(element: string, number: number, width: number): DetailField {
  return {
    specifier: specifier(element, width),
    content: nameOf(element),
    least: width,
    templates: [],
    write: (writer, from, to) => writer.fixedOctets(writer.first(number, from, to), width),
  };
}

/** The first value, as a number of `width` octets, 0 without one. */
export function whole(element: string, number: number, width: number): DetailField {
  return madeWhole(element, width, (writer, from, to) => {
    const item = writer.first(number, from, to);
    return item === NONE ? 0 : itemValue(writer.source, item);
  });
}

/** A number that `value` makes. */
export function madeWhole(
  element: string,
  width: number,
  value: (writer: DetailsWriter, from: number, to: number) => number,
): DetailField {
  return {
    specifier: specifier(element, width),
    content: nameOf(element),
    least: width,
    templates: [],
    write: (writer, from, to) => writer.whole(width, value(writer, from, to)),
  };
}

/** Writes a value of a list from an item of it. */
export type ListValue = (writer: DetailsWriter, item: number) => void;

/**
 * A basicList of all values of these elements, as text unless `value` makes something else of them.
 * @param list the element that stands for the list: YAF has basicList itself for most
 */
export function list(
  element: string,
  numbers: readonly number[],
  value: ListValue = textValue,
  list = 'basicList',
): DetailField {
  return valueList(element, VARIABLE_LENGTH, list, (writer, from, to) => {
    for (const number of numbers) {
      for (let item = writer.first(number, from, to); item !== NONE; item = writer.next(number, item, to)) {
        if (writer.room < Least.Variable) writer.omitted++;
        else value(writer, item);
      }
    }
  });
}

/** A basicList whose values `write` writes. */
export function valueList(
  element: string,
  valueOctets: number,
  list: string,
  write: (writer: DetailsWriter, from: number, to: number) => void,
): DetailField {
  const { pen, id } = elementNamed(element, model);
  return {
    specifier: specifier(list),
    content: list === 'basicList' ? `[${nameOf(element)}]` : list,
    least: Least.BasicList,
    templates: [],
    write(writer, from, to) {
      const start = writer.at;
      writer.at = beginBasicList(writer.octets, start, ListSemantic.AllOf, pen, id, valueOctets);
      write(writer, from, to);
      endList(writer.octets, start, writer.at);
    },
  };
}

export const textValue: ListValue = (writer, item) => {
  const start = writer.beginVariable();
  writer.addText(item, start);
  writer.endVariable(start);
};

/** A subTemplateList with a record for each group of that number. */
export function groups(template: SubTemplate, number: number, list = 'subTemplateList'): DetailField {
  return records(template, list, (writer, from, to, add) => {
    for (let item = writer.first(number, from, to); item !== NONE; item = writer.next(number, item, to)) {
      add(writer, item + Item.HeaderOctets, itemEnd(writer.source, item));
    }
  });
}

/** Adds a record whose items stand from `from` to `to`, if there is room for it. */
export type AddRecord = (writer: DetailsWriter, from: number, to: number) => void;

/** A subTemplateList whose records `each` adds. */
export function records(
  template: SubTemplate,
  list: string,
  each: (writer: DetailsWriter, from: number, to: number, add: AddRecord) => void,
): DetailField {
  const add: AddRecord = (writer, from, to) => {
    if (writer.room < template.least) writer.omitted++;
    else writeRecord(writer, template, from, to);
  };
  return {
    specifier: specifier(list),
    content: list,
    least: Least.SubTemplateList,
    templates: [template],
    write(writer, from, to) {
      const start = writer.at;
      writer.at = beginSubTemplateList(writer.octets, start, ListSemantic.AllOf, template.id);
      each(writer, from, to, add);
      endList(writer.octets, start, writer.at);
    },
  };
}
