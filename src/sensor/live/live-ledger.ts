import type { DecodeCounters } from '../../decode/decode-counters.js';
import type { FlowCacheCounters } from '../../flow/flow-cache-counters.js';
import { type Ledger, makeLedger } from '../../observe/ledger.js';
import type { LostFlows } from '../../observe/live-status.js';
import type { MeteringCounts } from '../metering.js';
import type { RecordCounts } from '../record-counts.js';
import type { WorkerCounters } from './counter-page.js';

const NO_ETHER_TYPES = new Uint32Array(0);

export function lostFlows({ flows, packets, octets }: RecordCounts): LostFlows {
  return { flows, packets, octets };
}

/**
 * The ledger of a running sensor. Each worker's counts are of one moment, so flows balance at any time; packets that have left
 * in no record are those of live flows, which are not counted one by one before they end.
 */
export function runningLedger(workers: readonly WorkerCounters[], noOutput: LostFlows): Ledger {
  const sum = (of: (worker: WorkerCounters) => number): number => workers.reduce((total, each) => total + of(each), 0);
  const ended = sum(({ handedPackets, lostPackets }) => handedPackets + lostPackets);
  const ignored = sum(({ ignored: reasons }) => reasons.reduce((total, n) => total + n, 0));
  return makeLedger({
    decode: workers.map(decodeCounters),
    cache: workers.map(cacheCounters),
    live: sum(({ flowsLive }) => flowsLive),
    packetsLive: sum(({ packetsReceived }) => packetsReceived) - ignored - ended,
    packetsExported: ended,
    octetsExported: sum(({ handedOctets, lostOctets }) => handedOctets + lostOctets),
    flowsExported: sum(({ handedFlows }) => handedFlows) - noOutput.flows,
    flowsNotSent: sum(({ lostFlows: lost }) => lost) + noOutput.flows,
    fragmentsUnknown: sum(({ fragmentsUnknown }) => fragmentsUnknown),
    fragmentOverflow: sum(({ fragmentOverflow }) => fragmentOverflow),
    filtered: 0,
    duplicates: sum(({ duplicates }) => duplicates),
    oddTimestamps: 0,
  });
}

/** The ledger when all is over: what the workers counted at their ends beside what really reached the outputs. */
export function finalLedger(
  counts: readonly MeteringCounts[],
  workers: readonly WorkerCounters[],
  exported: LostFlows,
  noOutput: LostFlows,
): Ledger {
  const sum = <T>(list: readonly T[], of: (each: T) => number): number =>
    list.reduce((total, each) => total + of(each), 0);
  const ledger = makeLedger({
    decode: counts.map(({ decode }) => decode),
    cache: counts.map(({ cache }) => cache),
    live: sum(counts, ({ live }) => live),
    packetsLive: 0,
    packetsExported: exported.packets + noOutput.packets + sum(workers, ({ lostPackets }) => lostPackets),
    octetsExported: exported.octets + noOutput.octets + sum(workers, ({ lostOctets }) => lostOctets),
    flowsExported: exported.flows,
    flowsNotSent: noOutput.flows + sum(workers, ({ lostFlows: lost }) => lost),
    fragmentsUnknown: sum(counts, ({ fragmentsUnknown }) => fragmentsUnknown),
    fragmentOverflow: sum(counts, ({ fragmentOverflow }) => fragmentOverflow),
    filtered: 0,
    duplicates: sum(workers, ({ duplicates }) => duplicates),
    oddTimestamps: 0,
  });
  const captured = sum(workers, ({ interfaces }) => sum(interfaces, ({ received }) => received));
  return { ...ledger, balanced: ledger.balanced && captured === ledger.packets.received };
}

function decodeCounters({ packetsReceived, ignored, undecodedTunnels }: WorkerCounters): DecodeCounters {
  return {
    received: packetsReceived,
    ignored: ignored as Float64Array<ArrayBuffer>,
    notIpByEtherType: NO_ETHER_TYPES,
    undecodedTunnels,
  };
}

function cacheCounters({ flowsCreated, ended, flowsPeak }: WorkerCounters): FlowCacheCounters {
  return { created: flowsCreated, ended: ended as Float64Array<ArrayBuffer>, peak: flowsPeak };
}
