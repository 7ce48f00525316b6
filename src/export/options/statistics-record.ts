/**
 * What the metering and exporting process counted since it started, by Information Element. Whole numbers; those of 32
 * bits are sent as the largest when they are larger.
 */
export interface ExportStatistics {
  /** When these counts were taken, s since 1970. */
  readonly observationTimeSeconds: number;
  /** When the process started, ms since 1970. */
  readonly systemInitTimeMilliseconds: number;
  /** Packets received, whatever became of them. */
  readonly packetTotalCount: number;
  readonly droppedPacketTotalCount: number;
  readonly ignoredPacketTotalCount: number;
  /** Packets of flows that were metered and not exported. */
  readonly notSentPacketTotalCount: number;
  readonly expiredFragmentCount: number;
  readonly assembledFragmentCount: number;
  readonly flowTableFlushEventCount: number;
  readonly flowTablePeakCount: number;
  /** Flows and packets a second since the start. */
  readonly meanFlowRate: number;
  readonly meanPacketRate: number;
}
