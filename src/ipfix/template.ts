import type { InformationElement, InformationModel } from './information-model.js';

/** Field length of a Template that announces a variable-length field (RFC 7011 §7). */
export const VARIABLE_LENGTH = 0xffff;

/** One field specifier of a Template (RFC 7011 §3.2). */
export interface TemplateField {
  readonly element: InformationElement;
  /** Octets in each record, or `VARIABLE_LENGTH`. */
  readonly length: number;
}

/** A Template or Options Template as a stream announced it (RFC 7011 §3.4). */
export class Template {
  readonly id: number;
  /** 0 for a Template; the number of leading scope fields for an Options Template. */
  readonly scopeFieldCount: number;
  readonly fields: readonly TemplateField[];
  /** Octets of the shortest record; a variable-length field has at least its length octet. */
  readonly minimumLength: number;
  /** No field has a variable length: every record is `minimumLength` long. */
  readonly isFixed: boolean;
  /** Its records describe elements (RFC 5610 §3.9). */
  readonly describesElements: boolean;
  /** Field of an Options Template that tells when its exporter started, -1 when there is none. */
  readonly systemInitIndex: number;
  #revision: number;

  constructor(id: number, scopeFieldCount: number, fields: readonly TemplateField[], revision: number) {
    this.id = id;
    this.scopeFieldCount = scopeFieldCount;
    this.fields = fields;
    this.isFixed = fields.every((field) => field.length !== VARIABLE_LENGTH);
    this.minimumLength = fields.reduce((sum, { length }) => sum + (length === VARIABLE_LENGTH ? 1 : length), 0);
    this.describesElements =
      scopeFieldCount > 0 &&
      ['privateEnterpriseNumber', 'informationElementId', 'informationElementDataType'].every(
        (name) => this.indexOf(name) >= 0,
      );
    this.systemInitIndex = scopeFieldCount > 0 ? this.indexOf('systemInitTimeMilliseconds') : -1;
    this.#revision = revision;
  }

  get isOptions(): boolean {
    return this.scopeFieldCount > 0;
  }

  /** Index of the first field of that element name, -1 when there is none. */
  indexOf(name: string): number {
    return this.fields.findIndex((field) => field.element.name === name);
  }

  /** This template with what the model knows now; the same object when nothing changed for its fields. */
  resolved(model: InformationModel): Template {
    if (this.#revision === model.revision) return this;
    this.#revision = model.revision;
    const fields = this.fields.map((field) => {
      const element = model.lookup(field.element.pen, field.element.id);
      return element.name === field.element.name && element.type === field.element.type ? field : { ...field, element };
    });
    if (fields.every((field, index) => field === this.fields[index])) return this;
    return new Template(this.id, this.scopeFieldCount, fields, model.revision);
  }

  /** Announces the same as the other: a repeated Template keeps its identity, which readers may use as a key. */
  equals(scopeFieldCount: number, fields: readonly TemplateField[]): boolean {
    return (
      this.scopeFieldCount === scopeFieldCount &&
      this.fields.length === fields.length &&
      this.fields.every(
        ({ element, length }, index) =>
          length === fields[index].length &&
          element.pen === fields[index].element.pen &&
          element.id === fields[index].element.id,
      )
    );
  }
}

/** Where the contents of a record's fields lie; grows to the widest template met, at most 65,535 / 4 fields. */
export class FieldSpans {
  offsets = new Int32Array(64);
  lengths = new Int32Array(64);

  ensure(fieldCount: number): void {
    if (this.offsets.length >= fieldCount) return;
    this.offsets = new Int32Array(fieldCount * 2);
    this.lengths = new Int32Array(fieldCount * 2);
  }
}

/**
 * Finds the fields of the record that starts at `start` and may reach to `end`; fixed and variable lengths of one or
 * three length octets (RFC 7011 §7).
 * @returns the offset behind the record, or -1 when the record would pass `end`
 */
export function locateFields(
  template: Template,
  octets: Uint8Array,
  start: number,
  end: number,
  spans: FieldSpans,
): number {
  if (end - start < template.minimumLength) return -1;
  const { fields } = template;
  const count = fields.length;
  spans.ensure(count);
  const { offsets, lengths } = spans;
  let offset = start;
  for (let index = 0; index < count; index++) {
    let length = fields[index].length;
    if (length === VARIABLE_LENGTH) {
      if (offset >= end) return -1;
      length = octets[offset++]!;
      if (length === 255) {
        if (offset + 2 > end) return -1;
        length = (octets[offset] << 8) | octets[offset + 1];
        offset += 2;
      }
    }
    offsets[index] = offset;
    lengths[index] = length;
    offset += length;
  }
  return offset > end ? -1 : offset;
}
