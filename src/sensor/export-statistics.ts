import type { ExportStatistics } from '../export/options/statistics-record.js';
import type { Ledger } from '../observe/ledger.js';

/** The part of the ledger that an exporter tells, which can be had while metering goes on. */
export interface CountedSoFar {
  readonly packets: Pick<Ledger['packets'], 'received' | 'ignoredTotal'>;
  readonly flows: Pick<Ledger['flows'], 'created' | 'peak' | 'endReasons'>;
  readonly fragments: Pick<Ledger['fragments'], 'portsUnknown'>;
}

/** Packets that are in no record that was sent: of a live sensor. */
export interface MissedPackets {
  /** Never seen: the kernel or the interface had no room. */
  readonly dropped: number;
  /** Metered, in flows that no output was handed. */
  readonly notSent: number;
}

const NOTHING_MISSED: MissedPackets = { dropped: 0, notSent: 0 };

/** What has been counted as the statistics that an exporter sends (the elements that YAF uses). */
export function exportStatistics(
  { packets, flows, fragments }: CountedSoFar,
  seconds: number,
  missed: MissedPackets = NOTHING_MISSED,
): ExportStatistics {
  return {
    observationTimeSeconds: Math.floor(Date.now() / 1_000),
    systemInitTimeMilliseconds: Math.floor(performance.timeOrigin),
    packetTotalCount: packets.received,
    droppedPacketTotalCount: missed.dropped,
    ignoredPacketTotalCount: packets.ignoredTotal,
    notSentPacketTotalCount: missed.notSent,
    expiredFragmentCount: fragments.portsUnknown,
    // Fragments are metered one by one, none is put together.
    assembledFragmentCount: 0,
    flowTableFlushEventCount: flows.endReasons.lackOfResources,
    flowTablePeakCount: flows.peak,
    meanFlowRate: Math.round(flows.created / seconds),
    meanPacketRate: Math.round(packets.received / seconds),
  };
}
