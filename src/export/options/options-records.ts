import { IANA_PEN, type InformationElement, InformationModel, REVERSE_PEN } from '../../ipfix/information-model.js';
import { OPTIONS_TEMPLATE_SET_ID } from '../../ipfix/message-layout.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { type FieldSpecifier, fieldSpecifiers } from '../ipfix/ipfix-template.js';
import type { MessageWriter } from '../ipfix/message-writer.js';
import {
  type ExporterIdentity,
  exporterIdentity,
  type ExporterKnowledge,
  type ExporterState,
  type OptionsOccasion,
  type OptionsRecord,
  type SelfDescription,
  type SentCounts,
} from './options-record.js';
import { applicationNames } from './application-names.js';
import { elementTypes } from './element-types.js';
import { exportingProcess } from './exporting-process.js';
import { interfaceDescriptions, interfaceNames } from './interface-names.js';
import { meteringProcess } from './metering-process.js';
import { sampling } from './sampling.js';
import { yafStatistics } from './yaf-statistics.js';
import type { ExportStatistics } from './statistics-record.js';

const ALWAYS: readonly OptionsRecord[] = [
  sampling,
  interfaceNames,
  interfaceDescriptions,
  applicationNames,
  exportingProcess,
];
/** With flow records of IANA's elements alone. */
const OF_IANA: readonly OptionsRecord[] = [meteringProcess, ...ALWAYS];
/** With flow records that have others. */
const OF_ENTERPRISES: readonly OptionsRecord[] = [elementTypes, ...ALWAYS, yafStatistics];

/** Everything that an IPFIX exporter may tell about itself. */
export const OPTIONS_RECORDS: readonly OptionsRecord[] = [...new Set([...OF_ENTERPRISES, ...OF_IANA])];

/** Writes what an exporter tells about itself, in messages of the Observation Domain of the flows or of another one. */
export class OptionsWriter {
  readonly #message: MessageWriter;
  readonly #kinds: readonly OptionsRecord[];
  readonly #exporter: ExporterIdentity;
  readonly #knowledge: ExporterKnowledge;
  readonly #elements: readonly InformationElement[];

  /**
   * @param table the fields of flow records
   * @param observationDomainId that of the flows
   */
  constructor(
    table: readonly ExportField[],
    message: MessageWriter,
    observationDomainId: number,
    { exporter, knowledge = {} }: SelfDescription,
  ) {
    this.#message = message;
    this.#kinds = recordsFor(table);
    this.#exporter = exporterIdentity(observationDomainId, exporter);
    this.#knowledge = knowledge;
    this.#elements = enterpriseElements([
      ...specifiersOf(table),
      ...(table.find(hasDetails)?.inspection?.detailSpecifiers() ?? []),
      ...this.#kinds.flatMap(({ specifiers }) => specifiers),
    ]);
  }

  /** Writes the Options Templates, each in a Set of its own: nfacctd reads no second one. */
  templates(): void {
    for (const { template } of this.#kinds) {
      this.#message.addTemplate(OPTIONS_TEMPLATE_SET_ID, template);
      this.#message.endSet();
    }
  }

  /**
   * Writes the Data Records of these occasions; their Templates stand before them.
   * @param sent what left so far
   */
  records(occasions: readonly OptionsOccasion[], sent: SentCounts, statistics: ExportStatistics | null = null): void {
    const { interfaces, applications } = this.#knowledge;
    const state: ExporterState = {
      exporter: this.#exporter,
      sent,
      interfaces: interfaces?.() ?? [],
      applications: applications?.() ?? [],
      enterpriseElements: this.#elements,
    };
    for (const options of this.#kinds) {
      if (!occasions.includes(options.occasion)) continue;
      for (const record of options.records(state, statistics)) {
        this.#message.addOptions(options.id, record);
        if (options.isAlone) this.#message.endSet();
      }
    }
  }

  /** Hands over the message under way. */
  flush(): void {
    this.#message.finishMessage();
  }
}

/** What an exporter of records with these fields tells: who is told nothing but IANA's elements in flows, is in options. */
export function recordsFor(table: readonly ExportField[]): readonly OptionsRecord[] {
  return enterpriseElements(specifiersOf(table)).length === 0 ? OF_IANA : OF_ENTERPRISES;
}

/** Whether a field holds YAF's lists, which have elements of their own. */
function hasDetails({ format, shift }: ExportField): boolean {
  return format === DerivedFormat.MultiList && shift === 1;
}

function specifiersOf(table: readonly ExportField[]): FieldSpecifier[] {
  return fieldSpecifiers(table, new InformationModel());
}

/** Those that are not IANA's, each once. */
function enterpriseElements(specifiers: readonly FieldSpecifier[]): InformationElement[] {
  const own = specifiers.map(({ element }) => element).filter(({ pen }) => pen !== IANA_PEN && pen !== REVERSE_PEN);
  // Every model has elements of its own.
  return [...new Map(own.map((element) => [element.name, element])).values()];
}
