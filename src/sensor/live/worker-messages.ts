import type { MessagePort } from 'node:worker_threads';

import type { CaptureErrorKind } from '../../capture/capture-error.js';
import type { CaptureState, LiveOptions } from '../../capture/live-capture.js';
import type { RuleTables } from '../../dpi/rules/rule-tables.js';
import type { LiveMeteringOptions } from './live-metering.js';
import type { MeteringCounts } from '../metering.js';
import type { ClosedRingMemory } from './closed-ring.js';
import type { CounterPageMemory } from './counter-page.js';
import type { FlowFilter } from './flow-filter.js';
import type { TalkersTaken } from './talkers.js';

/** Words of the memory with which the main thread steers a worker. */
export const CONTROL_STOP = 0;
/** How many commands have been sent: the worker looks into its port when this changes. */
export const CONTROL_COMMANDS = 1;
/** The worker shall not wait for room any more. */
export const CONTROL_ABANDON = 2;
export const CONTROL_WORDS = 3;

/** What a worker is started with. */
export interface LiveWorkerStart {
  readonly backend: string;
  /** Of each interface, the queue of this worker. */
  readonly captures: readonly LiveOptions[];
  readonly metering: LiveMeteringOptions;
  readonly ring: ClosedRingMemory;
  readonly page: CounterPageMemory;
  readonly control: SharedArrayBuffer;
  readonly commands: MessagePort;
}

/** What the main thread asks of a worker while it runs. */
export type WorkerCommand =
  | { readonly type: 'timeouts'; readonly idleTimeoutUs: number; readonly activeTimeoutUs: number }
  | { readonly type: 'filter'; readonly id: number; readonly filter: string | null }
  | { readonly type: 'dedup'; readonly dedupUs: number }
  | { readonly type: 'labels'; readonly id: number; readonly tables: RuleTables | null }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'flows'; readonly id: number; readonly filter: FlowFilter; readonly limit: number }
  | { readonly type: 'talkers'; readonly id: number; readonly most: number }
  /** Before the process goes on as another user, and after. */
  | { readonly type: 'rights'; readonly id: number; readonly step: 'keep' | 'limit' };

/** An interface as a worker opened it. */
export interface OpenedInterface {
  readonly name: string;
  readonly ifIndex: number;
  /** What records have as ingressInterface. */
  readonly number: number;
  readonly linkType: number;
  readonly backend: string;
  readonly countsDrops: boolean;
  /** Why its own clock does not stamp packets although it was asked to; null when all is as asked for. */
  readonly timestampTrouble: string | null;
}

export interface LiveFlows {
  /** Rows as in ClosedFlows. */
  readonly words: Int32Array;
  readonly count: number;
  /** Flows that the filter lets through and the limit does not. */
  readonly more: number;
}

/** What a worker tells. */
export type LiveWorkerMessage =
  | { readonly type: 'opened'; readonly interfaces: readonly OpenedInterface[] }
  | { readonly type: 'failed'; readonly kind: CaptureErrorKind | null; readonly message: string }
  | { readonly type: 'state'; readonly interface: number; readonly state: CaptureState }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly flows?: LiveFlows;
      readonly talkers?: TalkersTaken;
      readonly flushed?: number;
      /** Why it could not be done. */
      readonly error?: string;
    }
  | { readonly type: 'done'; readonly counts: MeteringCounts };
