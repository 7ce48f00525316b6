import { OPTIONS_TEMPLATE_SET_ID } from '../ipfix/message-layout.js';
import type { MessageWriter } from './message-writer.js';
import type { ExporterState, OptionsRecord } from './options-record.js';
import { STATISTICS_RECORD } from './statistics-record.js';

/** Everything that an IPFIX exporter tells about itself, a line each. */
const OPTIONS_RECORDS: readonly OptionsRecord[] = [STATISTICS_RECORD];

/** Writes the Options Templates. */
export function writeOptionsTemplates(message: MessageWriter): void {
  for (const { template } of OPTIONS_RECORDS) message.addTemplate(OPTIONS_TEMPLATE_SET_ID, template);
}

/** Writes the Data Records; their Templates stand before them. */
export function writeOptionsRecords(message: MessageWriter, state: ExporterState): void {
  for (const options of OPTIONS_RECORDS) {
    for (const record of options.records(state)) message.addOptions(options.id, record);
  }
}
