import { Worker } from 'node:worker_threads';

import type { LiveWorkerMessage, LiveWorkerStart } from './worker-messages.js';

/** What becomes of a worker. */
export interface WorkerEvents {
  message(message: LiveWorkerMessage): void;
  failed(error: unknown): void;
  /** It says nothing more. */
  ended(): void;
}

/** Starts a worker. */
export type WorkerHost = (start: LiveWorkerStart, events: WorkerEvents) => void;

/** On a thread of its own, so that it does not wait for who exports. */
export const onOwnThread: WorkerHost = (start, events) => {
  const thread = new Worker(new URL('./live-worker.js', import.meta.url), {
    workerData: start,
    transferList: [start.commands],
  });
  thread.on('message', (message: LiveWorkerMessage) => events.message(message));
  thread.on('error', (error) => events.failed(error));
  thread.on('exit', () => events.ended());
};

/** On this thread, by turns with who exports: for back-ends that can be used nowhere else. */
export const onThisThread: WorkerHost = (start, events) => {
  const run = async (): Promise<void> => {
    const { runWorker } = await import('./run-worker.js');
    await runWorker(start, (message) => events.message(message));
  };
  void run()
    .catch((error: unknown) => events.failed(error))
    .finally(() => events.ended());
};
