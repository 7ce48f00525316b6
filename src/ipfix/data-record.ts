import type { RecordContext } from './domain-templates.js';
import type { JsonObject } from './json/json-object.js';
import { recordJson } from './structured-data.js';
import { FieldSpans, locateFields, type Template } from './template.js';

/** A record kept for later: its octets and what is needed to read them again. */
export interface StoredRecord {
  readonly template: Template;
  readonly context: RecordContext;
  readonly octets: Buffer;
  readonly exportTimeSeconds: number;
  readonly observationDomainId: number;
  readonly line: string | null;
}

/**
 * A Data Record where it lies in its message. One object serves all records of a reader and is valid until the handler
 * returns; `store` keeps a record for later and `load` shows it again.
 */
export class DataRecord {
  template: Template;
  context: RecordContext;
  octets: Buffer;
  /** First octet of the record in `octets`, and the one behind its last. */
  start = 0;
  end = 0;
  /** Where the contents of the template's fields lie in `octets`. */
  readonly spans = new FieldSpans();
  /** Export Time of the message's header, s since 1970. */
  exportTimeSeconds = 0;
  observationDomainId = 0;
  /** The line of JSON that the record was read from; null when it came in a message. */
  line: string | null = null;
  #object: JsonObject | null = null;

  constructor(template: Template, context: RecordContext, octets: Buffer) {
    this.template = template;
    this.context = context;
    this.octets = octets;
  }

  /** Must be called when the object shows another record. */
  renew(line: string | null): void {
    this.line = line;
    this.#object = null;
  }

  /** All that the record says, by element names, lists included: what its line, or its text in JSON, holds. */
  get object(): JsonObject {
    this.#object ??= JSON.parse(this.text) as JsonObject;
    return this.#object;
  }

  /** The record as JSON. */
  get text(): string {
    return this.line ?? recordJson(this.octets, this.template, this.spans, this.context);
  }

  store(): StoredRecord {
    const { template, context, exportTimeSeconds, observationDomainId, line } = this;
    const octets = Buffer.from(this.octets.subarray(this.start, this.end));
    return { template, context, octets, exportTimeSeconds, observationDomainId, line };
  }

  load(stored: StoredRecord): void {
    this.template = stored.template;
    this.context = stored.context;
    this.octets = stored.octets;
    this.start = 0;
    this.end = locateFields(stored.template, stored.octets, 0, stored.octets.length, this.spans);
    this.exportTimeSeconds = stored.exportTimeSeconds;
    this.observationDomainId = stored.observationDomainId;
    this.renew(stored.line);
  }
}
