import { IGNORED_NAMES } from '../../decode/ignored.js';

/**
 * A worker's counters in shared memory: the worker writes them a few times a second, others read them whenever they like.
 * A version word tells a reader that it caught the worker writing.
 */

/** Plain numbers of a worker, in the order of the page. */
const NUMBERS = [
  'packetsReceived',
  /** Left out before decode. */
  'duplicates',
  'undecodedTunnels',
  'flowsCreated',
  'flowsLive',
  'flowsPeak',
  'fragmentsUnknown',
  'fragmentOverflow',
  'clockSteps',
  /** Heap of the worker that is in use, octets. */
  'heapOctets',
  /** Handed over to the exporting thread. */
  'handedFlows',
  'handedPackets',
  'handedOctets',
  /** What found no room in the hand-over to the exporting thread. */
  'lostFlows',
  'lostPackets',
  'lostOctets',
  /** Time spent on packets, ms. */
  'busyMs',
  /** How far the flow clock is behind, ms. */
  'latenessMs',
  /** Monotonic moment at which the worker wrote this page, ms. */
  'beatMs',
] as const;

/** Plain numbers of one interface of a worker. */
const INTERFACE_NUMBERS = ['received', 'droppedByKernel', 'droppedByInterface', 'freezes', 'isUp'] as const;
const END_REASONS = 8;

export type WorkerNumbers = Record<(typeof NUMBERS)[number], number>;
export type InterfaceNumbers = Record<(typeof INTERFACE_NUMBERS)[number], number>;

/** All counters of a worker at one moment. */
export interface WorkerCounters extends WorkerNumbers {
  /** Packets ignored, by reason (decode/ignored.ts). */
  readonly ignored: Float64Array;
  /** Flows ended, by flowEndReason. */
  readonly ended: Float64Array;
  readonly interfaces: readonly InterfaceNumbers[];
}

const IGNORED_AT = NUMBERS.length;
const ENDED_AT = IGNORED_AT + IGNORED_NAMES.length;
const INTERFACES_AT = ENDED_AT + END_REASONS;
const READ_TRIES = 1_000;

export interface CounterPageMemory {
  readonly values: SharedArrayBuffer;
  readonly version: SharedArrayBuffer;
  readonly interfaces: number;
}

export function allocateCounterPage(interfaces: number): CounterPageMemory {
  return {
    values: new SharedArrayBuffer((INTERFACES_AT + interfaces * INTERFACE_NUMBERS.length) * 8),
    version: new SharedArrayBuffer(4),
    interfaces,
  };
}

export class CounterPage {
  private readonly values: Float64Array;
  private readonly version: Int32Array;

  constructor(private readonly memory: CounterPageMemory) {
    this.values = new Float64Array(memory.values);
    this.version = new Int32Array(memory.version);
  }

  /** The worker's side; nobody else writes. */
  write(counters: WorkerCounters): void {
    const { values, version } = this;
    Atomics.add(version, 0, 1);
    for (let i = 0; i < NUMBERS.length; i++) values[i] = counters[NUMBERS[i]];
    values.set(counters.ignored, IGNORED_AT);
    values.set(counters.ended, ENDED_AT);
    for (let n = 0; n < counters.interfaces.length; n++) {
      const at = INTERFACES_AT + n * INTERFACE_NUMBERS.length;
      for (let i = 0; i < INTERFACE_NUMBERS.length; i++) values[at + i] = counters.interfaces[n][INTERFACE_NUMBERS[i]];
    }
    Atomics.add(version, 0, 1);
  }

  /** Everybody else's side. */
  read(): WorkerCounters {
    const copy = new Float64Array(this.values.length);
    for (let tries = 0; tries < READ_TRIES; tries++) {
      const before = Atomics.load(this.version, 0);
      copy.set(this.values);
      if ((before & 1) === 0 && Atomics.load(this.version, 0) === before) break;
    }
    const numbers = Object.fromEntries(NUMBERS.map((name, i) => [name, copy[i]])) as WorkerNumbers;
    return {
      ...numbers,
      ignored: copy.slice(IGNORED_AT, ENDED_AT),
      ended: copy.slice(ENDED_AT, INTERFACES_AT),
      interfaces: Array.from({ length: this.memory.interfaces }, (_, n) => {
        const at = INTERFACES_AT + n * INTERFACE_NUMBERS.length;
        return Object.fromEntries(INTERFACE_NUMBERS.map((name, i) => [name, copy[at + i]])) as InterfaceNumbers;
      }),
    };
  }
}
