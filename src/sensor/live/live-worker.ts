import { parentPort, workerData } from 'node:worker_threads';

import { runWorker } from './run-worker.js';
import type { LiveWorkerStart } from './worker-messages.js';

/** A worker of the sensor on a thread of its own. */
await runWorker(workerData as LiveWorkerStart, (message) => parentPort?.postMessage(message));
