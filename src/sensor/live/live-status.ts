import { getHeapStatistics } from 'node:v8';

import type { Output } from '../../export/output.js';
import type { Ledger } from '../../observe/ledger.js';
import type { InterfaceStatus, LiveStatus, LostFlows, OutputStatus } from '../../observe/live-status.js';
import { packageVersion } from '../package-version.js';
import type { ClosedRingReader } from '../closed-ring.js';
import type { WorkerCounters } from './counter-page.js';
import { countsWithSkipped, type Exporting } from './exporting.js';
import { monotonicMs } from './monotonic.js';
import { lostFlows } from './live-ledger.js';
import type { OpenedInterface } from './worker-messages.js';

export type LiveState = LiveStatus['state'];

/** Where the status is taken from. */
export interface StatusSources {
  readonly state: LiveState;
  readonly uptimeSeconds: number;
  readonly interfaces: readonly OpenedInterface[];
  readonly workers: readonly { readonly ring: ClosedRingReader; readonly counters: WorkerCounters }[];
  readonly exporting: Exporting;
  readonly ledger: Ledger;
  readonly maxFlows: number;
  readonly timerLatenessMs: number;
}

export function liveStatus(sources: StatusSources): LiveStatus {
  const { workers, exporting, ledger, maxFlows } = sources;
  const counters = workers.map((worker) => worker.counters);
  const interfaces = sources.interfaces.map((opened, n) => interfaceStatus(opened, n, counters));
  const nowMs = monotonicMs();
  return {
    version: packageVersion(),
    pid: process.pid,
    state: sources.state,
    startedSeconds: Math.round(Date.now() / 1_000 - sources.uptimeSeconds),
    uptimeSeconds: sources.uptimeSeconds,
    interfaces,
    ledger,
    droppedByKernel: sum(interfaces, ({ droppedByKernel }) => droppedByKernel),
    droppedByInterface: sum(interfaces, ({ droppedByInterface }) => droppedByInterface),
    notSent: { handOverFull: lostByWorkers(counters), noOutput: lostFlows(exporting.noOutput) },
    maxFlows,
    workers: workers.map(({ ring, counters: counts }, worker) => ({
      worker,
      packets: counts.packetsReceived,
      flows: counts.flowsLive,
      busySeconds: counts.busyMs / 1_000,
      timeoutLatenessSeconds: counts.latenessMs / 1_000,
      secondsSinceSign: counts.beatMs === 0 ? 0 : Math.max(0, nowMs - counts.beatMs) / 1_000,
      handOverFullness: ring.fullness,
      clockSteps: counts.clockSteps,
      heapOctets: counts.heapOctets,
    })),
    outputs: exporting.outputs.map((output) => outputStatus(output, exporting.skipped.get(output) ?? 0)),
    timerLatenessSeconds: sources.timerLatenessMs / 1_000,
    memoryOctets: process.memoryUsage.rss(),
    heapOctets: getHeapStatistics().used_heap_size,
  };
}

function interfaceStatus(opened: OpenedInterface, n: number, counters: readonly WorkerCounters[]): InterfaceStatus {
  const queues = counters.map(({ interfaces }) => interfaces[n]);
  const { name, ifIndex, number, backend, countsDrops } = opened;
  return {
    name,
    ifIndex,
    number,
    backend,
    countsDrops,
    up: queues.every(({ isUp }) => isUp === 1),
    received: sum(queues, ({ received }) => received),
    droppedByKernel: sum(queues, ({ droppedByKernel }) => droppedByKernel),
    // The driver's count is the interface's, whatever queue it is read from.
    droppedByInterface: Math.max(...queues.map(({ droppedByInterface }) => droppedByInterface)),
    freezes: sum(queues, ({ freezes }) => freezes),
  };
}

function lostByWorkers(counters: readonly WorkerCounters[]): LostFlows {
  return {
    flows: sum(counters, ({ lostFlows: flows }) => flows),
    packets: sum(counters, ({ lostPackets }) => lostPackets),
    octets: sum(counters, ({ lostOctets }) => lostOctets),
  };
}

function outputStatus(output: Output, skipped: number): OutputStatus {
  const counts = countsWithSkipped(output, skipped);
  return {
    name: output.name,
    up: output.isUp,
    fault: output.fault?.message ?? null,
    ...counts,
    notSent: { ...counts.notSent },
  };
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}
