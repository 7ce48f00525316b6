import { MessageChannel, type MessagePort } from 'node:worker_threads';

import type { CaptureErrorKind } from '../../capture/capture-error.js';
import { CaptureError } from '../../capture/capture-error.js';
import type { CaptureState } from '../../capture/live-capture.js';
import { optionalLayouts } from '../../dpi/optional-layouts.js';
import { extensionWordsOf } from '../../flow/flow-meter.js';
import { METERS } from '../../flow/meters/index.js';
import type { MeteringCounts } from '../metering.js';
import { allocateClosedRing, ClosedRingReader } from './closed-ring.js';
import { allocateCounterPage, CounterPage, type WorkerCounters } from './counter-page.js';
import type { WorkerHost } from './worker-host.js';
import {
  CONTROL_ABANDON,
  CONTROL_COMMANDS,
  CONTROL_STOP,
  CONTROL_WORDS,
  type LiveWorkerMessage,
  type LiveWorkerStart,
  type OpenedInterface,
  type WorkerCommand,
} from './worker-messages.js';

type Reply = Extract<LiveWorkerMessage, { type: 'reply' }>;
/** A command that is answered, without the number by which the answer is known. */
export type Question =
  | Omit<Extract<WorkerCommand, { type: 'filter' }>, 'id'>
  | Omit<Extract<WorkerCommand, { type: 'labels' }>, 'id'>
  | Omit<Extract<WorkerCommand, { type: 'flush' }>, 'id'>
  | Omit<Extract<WorkerCommand, { type: 'flows' }>, 'id'>
  | Omit<Extract<WorkerCommand, { type: 'talkers' }>, 'id'>
  | Omit<Extract<WorkerCommand, { type: 'rights' }>, 'id'>;

const LONGEST_ANSWER_MS = 30_000;

/** The exporting side of a worker. */
export class WorkerHandle {
  readonly ring: ClosedRingReader;
  /** Resolves when its captures are open; rejects with a CaptureError when they cannot be opened. */
  readonly opened: Promise<readonly OpenedInterface[]>;
  /** Resolves when it has ended all flows; rejects when it fails. */
  readonly done: Promise<MeteringCounts>;
  private readonly page: CounterPage;
  private readonly control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  private readonly commands: MessagePort;
  private readonly waiting = new Map<number, (reply: Reply | null) => void>();
  private nextId = 1;
  private hasEnded = false;

  constructor(
    start: Pick<LiveWorkerStart, 'backend' | 'captures' | 'metering'>,
    host: WorkerHost,
    stateChanged: (n: number, state: CaptureState) => void,
  ) {
    const optional = optionalLayouts(start.metering);
    const ring = allocateClosedRing(extensionWordsOf([...METERS, ...optional]), optional.length > 0);
    const page = allocateCounterPage(start.captures.length);
    const { port1, port2 } = new MessageChannel();
    this.ring = new ClosedRingReader(ring);
    this.page = new CounterPage(page);
    this.commands = port1;
    this.commands.unref();
    const opened = pending<readonly OpenedInterface[]>();
    const done = pending<MeteringCounts>();
    this.opened = opened.promise;
    this.done = done.promise;
    // Both are awaited later; a worker that fails before shall not end the process without a word.
    this.opened.catch(() => undefined);
    this.done.catch(() => undefined);
    const { interfaceName } = start.captures[0];
    host(
      { ...start, ring, page, control: this.control.buffer, commands: port2 },
      {
        message: (message) => {
          if (message.type === 'state') stateChanged(message.interface, message.state);
          else if (message.type === 'reply') this.waiting.get(message.id)?.(message);
          else if (message.type === 'opened') opened.resolve(message.interfaces);
          else if (message.type === 'failed') opened.reject(failure(message.kind, message.message, interfaceName));
          else {
            this.hasEnded = true;
            done.resolve(message.counts);
          }
        },
        failed: (error) => {
          opened.reject(error);
          done.reject(error);
        },
        ended: () => {
          this.hasEnded = true;
          for (const waiting of this.waiting.values()) waiting(null);
          done.reject(new Error('a worker ended before its time'));
        },
      },
    );
  }

  counters(): WorkerCounters {
    return this.page.read();
  }

  /** Tells the worker to end: what has come by now is metered, all flows end. */
  stop(): void {
    Atomics.store(this.control, CONTROL_STOP, 1);
  }

  /** The worker shall not wait for anything any more. */
  abandon(): void {
    this.stop();
    Atomics.store(this.control, CONTROL_ABANDON, 1);
  }

  send(command: WorkerCommand): void {
    this.commands.postMessage(command);
    Atomics.add(this.control, CONTROL_COMMANDS, 1);
  }

  /** Null when the worker has ended, or does not answer in time. */
  ask(question: Question): Promise<Reply | null> {
    if (this.hasEnded) return Promise.resolve(null);
    const id = this.nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(null), LONGEST_ANSWER_MS);
      const finish = (reply: Reply | null): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(reply);
      };
      this.waiting.set(id, finish);
      this.send({ ...question, id });
    });
  }
}

/** A promise, and what settles it. */
interface Pending<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function pending<T>(): Pending<T> {
  let [resolve, reject]: [Pending<T>['resolve'], Pending<T>['reject']] = [() => undefined, () => undefined];
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

/** What the worker could not open, as it said it. */
function failure(kind: CaptureErrorKind | null, message: string, interfaceName: string): Error {
  if (kind === null) return new Error(message);
  const prefix = `${interfaceName}: `;
  return new CaptureError(kind, interfaceName, message.startsWith(prefix) ? message.slice(prefix.length) : message);
}
