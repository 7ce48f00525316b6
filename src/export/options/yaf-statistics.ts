import { defineOptions } from './options-record.js';

/** The id that YAF gives the same record, by which its readers know it. */
const STATISTICS_TEMPLATE_ID = 0xd003;

/** What the Metering and the Exporting Process counted, with the elements that YAF has, in its order. */
export const yafStatistics = defineOptions({
  id: STATISTICS_TEMPLATE_ID,
  occasion: 'statistics',
  scope: ['observationDomainId', 'exportingProcessId', 'exporterIPv4Address'],
  elements: [
    'observationTimeSeconds',
    'systemInitTimeMilliseconds',
    'exportedFlowRecordTotalCount',
    'packetTotalCount',
    'droppedPacketTotalCount',
    'ignoredPacketTotalCount',
    'notSentPacketTotalCount',
    'expiredFragmentCount',
    'assembledFragmentCount',
    'flowTableFlushEventCount',
    'flowTablePeakCount',
    'meanFlowRate',
    'meanPacketRate',
  ],
  values({ exporter, sent }, statistics) {
    if (statistics === null) return [];
    return [
      [
        exporter.observationDomainId,
        exporter.exportingProcessId,
        addressNumber(exporter.exporterIPv4Address),
        statistics.observationTimeSeconds,
        statistics.systemInitTimeMilliseconds,
        sent.flowRecords,
        statistics.packetTotalCount,
        statistics.droppedPacketTotalCount,
        statistics.ignoredPacketTotalCount,
        statistics.notSentPacketTotalCount,
        statistics.expiredFragmentCount,
        statistics.assembledFragmentCount,
        statistics.flowTableFlushEventCount,
        statistics.flowTablePeakCount,
        statistics.meanFlowRate,
        statistics.meanPacketRate,
      ],
    ];
  },
});

function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
