import { IANA_PEN, type InformationElement, InformationModel, REVERSE_PEN } from '../../ipfix/information-model.js';
import { OPTIONS_TEMPLATE_SET_ID } from '../../ipfix/message-layout.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { fieldSpecifiers } from '../ipfix/ipfix-template.js';
import { detailElements } from '../ipfix/yaf/yaf-details.js';
import type { MessageWriter } from '../ipfix/message-writer.js';
import {
  type ExporterIdentity,
  exporterIdentity,
  type ExporterKnowledge,
  type ExporterState,
  type OptionsOccasion,
  type OptionsRecord,
  type SelfDescription,
} from './options-record.js';
import { applicationNames } from './application-names.js';
import { elementTypes } from './element-types.js';
import { exportingProcess } from './exporting-process.js';
import { interfaceNames } from './interface-names.js';
import { sampling } from './sampling.js';
import { yafStatistics } from './yaf-statistics.js';
import type { ExportStatistics } from './statistics-record.js';

/** Everything that an IPFIX exporter tells about itself, a line each. */
export const OPTIONS_RECORDS: readonly OptionsRecord[] = [
  elementTypes,
  sampling,
  interfaceNames,
  applicationNames,
  exportingProcess,
  yafStatistics,
];

/** Writes what an exporter tells about itself. */
export class OptionsWriter {
  readonly #message: MessageWriter;
  readonly #exporter: ExporterIdentity;
  readonly #knowledge: ExporterKnowledge;
  readonly #elements: readonly InformationElement[];

  /** @param table the fields of flow records */
  constructor(
    table: readonly ExportField[],
    message: MessageWriter,
    observationDomainId: number,
    { exporter, knowledge = {} }: SelfDescription,
  ) {
    this.#message = message;
    this.#exporter = exporterIdentity(observationDomainId, exporter);
    this.#knowledge = knowledge;
    this.#elements = enterpriseElements(table);
  }

  /** Writes the Options Templates. */
  templates(): void {
    for (const { template } of OPTIONS_RECORDS) this.#message.addTemplate(OPTIONS_TEMPLATE_SET_ID, template);
  }

  /**
   * Writes the Data Records of these occasions; their Templates stand before them.
   * @param flowRecords how many left so far
   */
  records(
    occasions: readonly OptionsOccasion[],
    flowRecords: number,
    statistics: ExportStatistics | null = null,
  ): void {
    const { interfaces, applications } = this.#knowledge;
    const { messages, sentOctets } = this.#message;
    const state: ExporterState = {
      exporter: this.#exporter,
      sent: { flowRecords, messages, octets: sentOctets },
      interfaces: interfaces?.() ?? [],
      applications: applications?.() ?? [],
      enterpriseElements: this.#elements,
    };
    for (const options of OPTIONS_RECORDS) {
      if (!occasions.includes(options.occasion)) continue;
      for (const record of options.records(state, statistics)) this.#message.addOptions(options.id, record);
    }
  }
}

/** Elements that are not IANA's, of flow records with these fields and of the Options Records. */
function enterpriseElements(table: readonly ExportField[]): InformationElement[] {
  const flows = fieldSpecifiers(table, new InformationModel());
  const all = [...flows, ...OPTIONS_RECORDS.flatMap(({ specifiers }) => specifiers)].map(({ element }) => element);
  const hasDetails = table.some(({ format, shift }) => format === DerivedFormat.MultiList && shift === 1);
  const own = [...all, ...(hasDetails ? detailElements() : [])].filter(
    ({ pen }) => pen !== IANA_PEN && pen !== REVERSE_PEN,
  );
  return [...new Set(own)];
}
