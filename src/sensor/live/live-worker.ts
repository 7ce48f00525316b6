import { parentPort, workerData } from 'node:worker_threads';

import { runToEnd } from '../run-to-end.js';
import { runWorker } from './run-worker.js';
import type { LiveWorkerStart } from './worker-messages.js';

/** A worker of the sensor on a thread of its own. */
runToEnd(runWorker(workerData as LiveWorkerStart, (message) => parentPort?.postMessage(message)));
