import type { Ledger } from './ledger.js';

/** An interface of a running sensor; counts are sums over its queues. */
export interface InterfaceStatus {
  readonly name: string;
  readonly ifIndex: number;
  /** What records have as ingressInterface. */
  readonly number: number;
  readonly backend: string;
  readonly up: boolean;
  /** Packets handed over by the back-end. */
  readonly received: number;
  readonly droppedByKernel: number;
  readonly droppedByInterface: number;
  /** False when the back-end cannot tell what the kernel dropped. */
  readonly countsDrops: boolean;
  readonly freezes: number;
}

export interface WorkerStatus {
  readonly worker: number;
  readonly packets: number;
  readonly flows: number;
  readonly busySeconds: number;
  /** How far its flow clock is behind: by so much timeouts are late. */
  readonly timeoutLatenessSeconds: number;
  readonly secondsSinceSign: number;
  /** Part of the hand-over to the outputs that is full, 0 to 1. */
  readonly handOverFullness: number;
  readonly clockSteps: number;
  /** Heap of its thread that is in use. */
  readonly heapOctets: number;
}

/** Flows that ended and that no output was asked to take. */
export interface LostFlows {
  readonly flows: number;
  readonly packets: number;
  readonly octets: number;
}

export interface OutputStatus {
  readonly name: string;
  readonly up: boolean;
  readonly fault: string | null;
  readonly offered: number;
  readonly exported: number;
  readonly filtered: number;
  readonly notSent: Readonly<Record<string, number>>;
  readonly repeated: number;
  readonly recovered: number;
  readonly queuedRecords: number;
  readonly queuedOctets: number;
  readonly spooledRecords: number;
  readonly spooledOctets: number;
  readonly messages: number;
  readonly octets: number;
  readonly templateMessages: number;
  readonly reconnects: number;
  readonly errors: number;
}

/** What a running sensor tells of itself: `weir ctl status`, `/metrics`, `weir top`. Keys are stable. */
export interface LiveStatus {
  readonly version: string;
  readonly pid: number;
  readonly state: 'starting' | 'running' | 'draining';
  /** s since 1970. */
  readonly startedSeconds: number;
  readonly uptimeSeconds: number;
  readonly interfaces: readonly InterfaceStatus[];
  /** As at the end of a run; packets of live flows are `packets.live`. */
  readonly ledger: Ledger;
  readonly droppedByKernel: number;
  readonly droppedByInterface: number;
  /** Why flows were handed to no output: the hand-over was full, or every output had failed. */
  readonly notSent: { readonly handOverFull: LostFlows; readonly noOutput: LostFlows };
  readonly maxFlows: number;
  readonly workers: readonly WorkerStatus[];
  readonly outputs: readonly OutputStatus[];
  /** The latest that a timer of the main thread came since the last look, s. */
  readonly timerLatenessSeconds: number;
  /** Resident memory of the process. */
  readonly memoryOctets: number;
  /** Heap of the main thread that is in use. */
  readonly heapOctets: number;
}

/** An address, service or application and what it had since the last look. */
export interface TalkerStatus {
  readonly name: string;
  readonly octets: number;
  readonly packets: number;
}

/** What `weir top` asks for. */
export interface TopStatus {
  readonly status: LiveStatus;
  /** Since the last look, s; 0 at the first one. */
  readonly seconds: number;
  readonly talkers: readonly TalkerStatus[];
  readonly services: readonly TalkerStatus[];
  /** By the labels of inspection; null without it. */
  readonly applications: readonly TalkerStatus[] | null;
}
