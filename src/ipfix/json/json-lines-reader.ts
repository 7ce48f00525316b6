import { DataRecord } from '../data-record.js';
import { DomainTemplates, MAX_TEMPLATE_FIELDS } from '../domain-templates.js';
import type { InformationElement } from '../information-model.js';
import { InformationModel } from '../information-model.js';
import type { MessageHandler } from '../message-reader.js';
import { newReaderCounters, type ReaderCounters } from '../reader-counters.js';
import { locateFields, Template, type TemplateField, VARIABLE_LENGTH } from '../template.js';
import { isObject, type JsonObject } from './json-object.js';
import { TYPE_OCTETS, valueOctets } from './value-octets.js';

/** A longer line is a fault, not a record. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** Templates that are kept; more kinds of lines make them anew. */
const MOST_TEMPLATES = 4_096;
/** Id of all Templates made here: nobody announced one. */
const TEMPLATE_ID = 256;
const LINE_FEED = 0x0a;
const LONGEST_SHORT_VALUE = 254;

/**
 * Reads records from lines of JSON, an object each with elements under their names, as weir writes them. Each becomes the
 * Data Record that says the same, so that all that shows Data Records shows them; what has no place in one (metadata) is in
 * its `line`.
 */
export class JsonLinesReader {
  readonly counters: ReaderCounters = newReaderCounters();
  readonly #handler: MessageHandler;
  readonly #model: InformationModel;
  readonly #elements = new Map<string, InformationElement | null>();
  readonly #templates = new Map<string, Template>();
  readonly #record: DataRecord;
  /** Pieces of a line whose end has not come. */
  #pieces: Buffer[] = [];
  #held = 0;
  #base = 0;
  #isSkipping = false;

  constructor(handler: MessageHandler, model = new InformationModel()) {
    this.#handler = handler;
    this.#model = model;
    const none = new DomainTemplates(model, { fieldsLeft: MAX_TEMPLATE_FIELDS });
    this.#record = new DataRecord(new Template(0, 0, [], 0), none, Buffer.alloc(0));
  }

  /** Octets that were pushed. */
  get octetsRead(): number {
    return this.#base + this.#held;
  }

  push(octets: Uint8Array): void {
    const chunk = Buffer.from(octets);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, end));
      this.#endLine(1);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** The input has ended: what is left is a line, too. */
  end(): void {
    if (this.#held > 0) this.#endLine(0);
  }

  #keep(piece: Buffer): void {
    this.#held += piece.length;
    if (this.#held > LONGEST_LINE && !this.#isSkipping) {
      this.#isSkipping = true;
      this.#pieces = [];
      this.#report(`a line of more than ${LONGEST_LINE} octets`);
    }
    if (!this.#isSkipping) this.#pieces.push(piece);
  }

  #endLine(lineFeed: 0 | 1): void {
    if (!this.#isSkipping) this.#line(Buffer.concat(this.#pieces).toString());
    this.#base += this.#held + lineFeed;
    this.#pieces = [];
    this.#held = 0;
    this.#isSkipping = false;
  }

  #line(text: string): void {
    if (text.trim() === '') return;
    let object: unknown;
    try {
      object = JSON.parse(text);
    } catch {
      this.#report('a line that is no JSON'); // the parser's way to say so
      return;
    }
    if (isObject(object)) this.#take(object, text);
    else this.#report('a line that is no JSON object');
  }

  #take(object: JsonObject, text: string): void {
    const fields: TemplateField[] = [];
    const contents: Buffer[] = [];
    for (const [name, value] of Object.entries(object)) {
      const element = this.#element(name);
      const octets = element === null ? null : valueOctets(value, element.type);
      if (element === null || octets === null || octets.length >= VARIABLE_LENGTH) continue;
      const length = TYPE_OCTETS[element.type] ?? VARIABLE_LENGTH;
      fields.push({ element, length });
      if (length === VARIABLE_LENGTH) contents.push(lengthOctets(octets.length));
      contents.push(octets);
    }
    const record = this.#record;
    record.template = this.#template(fields);
    record.octets = Buffer.concat(contents);
    record.start = 0;
    record.end = locateFields(record.template, record.octets, 0, record.octets.length, record.spans);
    record.renew(text);
    this.#handler.record(record);
  }

  #element(name: string): InformationElement | null {
    let element = this.#elements.get(name);
    if (element === undefined) {
      const found = this.#model.find(name);
      element = found?.name === name ? found : null;
      if (this.#elements.size < MOST_TEMPLATES) this.#elements.set(name, element);
    }
    return element;
  }

  #template(fields: readonly TemplateField[]): Template {
    const key = fields.map(({ element }) => element.name).join(',');
    let template = this.#templates.get(key);
    if (template === undefined) {
      if (this.#templates.size >= MOST_TEMPLATES) this.#templates.clear();
      template = new Template(TEMPLATE_ID, 0, fields, this.#model.revision);
      this.#templates.set(key, template);
    }
    return template;
  }

  #report(message: string): void {
    this.counters.problems++;
    this.#handler.problem({ offset: this.#base, message });
  }
}

/** RFC 7011 §7. */
function lengthOctets(length: number): Buffer {
  return length <= LONGEST_SHORT_VALUE ? Buffer.of(length) : Buffer.of(255, length >>> 8, length & 0xff);
}
