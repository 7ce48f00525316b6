import { defineOptions } from './options-record.js';

/** What the Metering Process counted (RFC 7011 §4.2), with elements of IANA alone. */
export const meteringProcess = defineOptions({
  id: 0xd106,
  occasion: 'statistics',
  scope: ['observationDomainId', 'meteringProcessId'],
  elements: [
    'observationTimeSeconds',
    'systemInitTimeMilliseconds',
    'packetTotalCount',
    'droppedPacketTotalCount',
    'ignoredPacketTotalCount',
    'notSentPacketTotalCount',
  ],
  // One process meters and exports.
  values: ({ exporter }, statistics) =>
    statistics === null
      ? []
      : [
          [
            exporter.observationDomainId,
            exporter.exportingProcessId,
            statistics.observationTimeSeconds,
            statistics.systemInitTimeMilliseconds,
            statistics.packetTotalCount,
            statistics.droppedPacketTotalCount,
            statistics.ignoredPacketTotalCount,
            statistics.notSentPacketTotalCount,
          ],
        ],
});
