import type { ExportStatistics } from '../../../src/export/options/statistics-record.js';

export const STATISTICS: ExportStatistics = {
  observationTimeSeconds: 1_700_000_100,
  systemInitTimeMilliseconds: 1_700_000_000_250,
  packetTotalCount: 12_345_678_901,
  droppedPacketTotalCount: 1,
  ignoredPacketTotalCount: 22,
  notSentPacketTotalCount: 3,
  expiredFragmentCount: 4,
  assembledFragmentCount: 5,
  flowTableFlushEventCount: 6,
  flowTablePeakCount: 4096,
  meanFlowRate: 70,
  meanPacketRate: 800,
};
