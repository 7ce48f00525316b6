import type { ClosedFlows } from '../../flow/closed-flows.js';
import { InformationModel } from '../../ipfix/information-model.js';
import { Condition } from '../fields/conditions.js';
import type { FieldSelection } from '../fields/record-fields.js';
import { StepList } from '../fields/step-list.js';
import { encodingSteps, fieldSpecifiers, recordOctets, templateContent, templateRecord } from './ipfix-template.js';
import type { MessageWriter } from './message-writer.js';
import { TemplateIds } from './template-ids.js';
import { yafTemplateId } from './yaf-template-id.js';

export interface Template {
  readonly id: number;
  readonly record: Uint8Array;
  isAnnounced: boolean;
}

/** What is needed to encode records of one set of conditions: its Template, and its steps in the list of all steps. */
export interface Plan {
  readonly template: Template;
  /** Octets of a record, without what it has of metadata. */
  readonly octets: number;
  readonly from: number;
  readonly to: number;
  /** Steps of the second record of a biflow in uniflow mode; none when both are 0. */
  readonly reverseFrom: number;
  readonly reverseTo: number;
}

/** The plans of all kinds of records: each is made when the first record of its kind comes. */
export class RecordPlans {
  readonly steps = new StepList();
  readonly model = new InformationModel();
  readonly #plans: Plan[] = [];
  /** Number of the plan, counted from 1, by conditions, of records without metadata; and by conditions and kind. */
  readonly #numbers = new Uint16Array(Condition.Values);
  readonly #ofKind = new Map<number, Plan>();
  /** By content: records of several kinds may have the same fields. */
  readonly #templates = new Map<string, Template>();
  readonly #ids = new TemplateIds();

  constructor(private readonly selection: FieldSelection) {}

  /** Octets of the largest record, without what it has of metadata, and of the largest Template. */
  largest(): { record: number; template: number } {
    const { fields } = this.selection;
    const families = new Set(fields.flatMap(({ family = 0 }) => (family > 0 ? [family] : [])));
    const sizes = [...families].map((family) => {
      const chosen = fields.filter((field) => field.family === family);
      const specifiers = fieldSpecifiers(chosen, this.model);
      return { record: recordOctets(chosen, specifiers), template: templateRecord(0, specifiers).length };
    });
    const plain = fields.filter(({ family }) => family === undefined);
    const specifiers = fieldSpecifiers(plain, this.model);
    // A record has the metadata of two families at most.
    const two = (octets: readonly number[]): number =>
      [...octets]
        .sort((one, other) => other - one)
        .slice(0, 2)
        .reduce((sum, each) => sum + each, 0);
    return {
      record: recordOctets(plain, specifiers) + two(sizes.map(({ record }) => record)),
      template: templateRecord(0, specifiers).length + two(sizes.map(({ template }) => template)),
    };
  }

  /**
   * @param kind of the record's metadata, 0 for none
   * @param families those of the kind
   */
  of(conditions: number, kind: number, families: readonly number[], closed: ClosedFlows): Plan {
    if (kind === 0) {
      const number = this.#numbers[conditions];
      if (number !== 0) return this.#plans[number - 1];
      const plan = this.#compile(conditions, families, closed);
      this.#numbers[conditions] = this.#plans.push(plan);
      return plan;
    }
    const key = kind * Condition.Values + conditions;
    const known = this.#ofKind.get(key);
    if (known !== undefined) return known;
    const plan = this.#compile(conditions, families, closed);
    this.#ofKind.set(key, plan);
    return plan;
  }

  /** Announces all Templates that were needed so far once more. */
  announce(message: MessageWriter): void {
    for (const { record } of this.#templates.values()) message.addTemplate(message.format.templateSetId, record);
  }

  #compile(conditions: number, families: readonly number[], closed: ClosedFlows): Plan {
    const { forward, reverse } = this.selection.of(conditions, families);
    const specifiers = fieldSpecifiers(forward, this.model);
    const from = this.steps.add(encodingSteps(forward, specifiers, closed));
    const to = this.steps.length;
    const reverseFrom = reverse === null ? 0 : this.steps.add(encodingSteps(reverse, specifiers, closed));
    const reverseTo = reverse === null ? 0 : this.steps.length;
    const content = templateContent(specifiers);
    let template = this.#templates.get(content);
    if (template === undefined) {
      const id = this.#ids.of(content, yafTemplateId(specifiers));
      template = { id, record: templateRecord(id, specifiers), isAnnounced: false };
      this.#templates.set(content, template);
    }
    return { template, octets: recordOctets(forward, specifiers), from, to, reverseFrom, reverseTo };
  }
}
