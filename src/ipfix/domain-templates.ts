import type { InformationElement, InformationModel } from './information-model.js';
import { Template, type TemplateField } from './template.js';

/** Fields that the Templates of one reader may hold together; Templates beyond that are refused. */
export const MAX_TEMPLATE_FIELDS = 1_048_576;

/** Zero-length fields of one Template: they cost work without costing the sender octets. */
export const MAX_EMPTY_FIELDS = 16;

/** Template ids below are Set ids of their own kind (RFC 7011 §3.3.2). */
export const FIRST_DATA_SET_ID = 256;

/** What is needed to read a record: also the Templates and elements that its lists name (RFC 6313). */
export interface RecordContext {
  template(id: number): Template | undefined;
  element(pen: number, id: number): InformationElement;
  /** systemInitTimeMilliseconds as options records told it last, ms since 1970; null when none did. */
  readonly systemInitMilliseconds: number | null;
}

/** The room for Templates that all domains of one reader share. */
export interface TemplateBudget {
  fieldsLeft: number;
}

/** The Templates of one Observation Domain, at most 65,280 by the width of their id. */
export class DomainTemplates implements RecordContext {
  systemInitMilliseconds: number | null = null;
  readonly #templates = new Map<number, Template>();
  /** Ids of the Templates, and of the Options Templates: withdrawing all of one kind must not cost a look at the other. */
  readonly #dataIds = new Set<number>();
  readonly #optionsIds = new Set<number>();
  readonly #model: InformationModel;
  readonly #budget: TemplateBudget;

  constructor(model: InformationModel, budget: TemplateBudget) {
    this.#model = model;
    this.#budget = budget;
  }

  get count(): number {
    return this.#templates.size;
  }

  element(pen: number, id: number): InformationElement {
    return this.#model.lookup(pen, id);
  }

  template(id: number): Template | undefined {
    const template = this.#templates.get(id);
    if (template === undefined) return undefined;
    const resolved = template.resolved(this.#model);
    if (resolved !== template) this.#templates.set(id, resolved);
    return resolved;
  }

  /**
   * Takes in a Template; one that repeats what is known already changes nothing.
   * @returns why it is refused, or null
   */
  define(id: number, scopeFieldCount: number, fields: readonly TemplateField[]): string | null {
    const former = this.#templates.get(id);
    if (former?.equals(scopeFieldCount, fields) === true) return null;
    const emptyFields = fields.filter((field) => field.length === 0).length;
    if (emptyFields > MAX_EMPTY_FIELDS)
      return `${emptyFields} of its fields have no length, more than ${MAX_EMPTY_FIELDS}`;
    this.withdraw(id);
    if (fields.length > this.#budget.fieldsLeft)
      return `the Templates of this input already have ${MAX_TEMPLATE_FIELDS} fields`;
    this.#budget.fieldsLeft -= fields.length;
    this.#templates.set(id, new Template(id, scopeFieldCount, fields, this.#model.revision));
    (scopeFieldCount > 0 ? this.#optionsIds : this.#dataIds).add(id);
    return null;
  }

  withdraw(id: number): void {
    const former = this.#templates.get(id);
    if (former === undefined) return;
    this.#budget.fieldsLeft += former.fields.length;
    this.#templates.delete(id);
    this.#dataIds.delete(id);
    this.#optionsIds.delete(id);
  }

  /** Withdraws all Templates, or all Options Templates (RFC 7011 §8.1). */
  withdrawAll(options: boolean): void {
    for (const id of options ? this.#optionsIds : this.#dataIds) this.withdraw(id);
  }
}
