import { defineOptions } from './options-record.js';

/**
 * What this output sent: the record of RFC 7011 §4.1, with the Exporting Process in its scope, since several outputs may tell
 * of one domain. The message that it is in is not counted.
 */
export const exportingProcess = defineOptions({
  id: 0xd101,
  occasion: 'statistics',
  scope: ['observationDomainId', 'exportingProcessId'],
  elements: ['exportedMessageTotalCount', 'exportedFlowRecordTotalCount', 'exportedOctetTotalCount'],
  values: ({ exporter, sent }, statistics) =>
    statistics === null
      ? []
      : [[exporter.observationDomainId, exporter.exportingProcessId, sent.messages, sent.flowRecords, sent.octets]],
});
