import { parentPort, workerData } from 'node:worker_threads';

import { PacketBatch } from '../../dist/capture/packet-batch.js';
import { open } from './namespace.mjs';

/** Reads from a silent wire until the flag is set. */
const { capture } = open('afpacket');
const batch = new PacketBatch();
parentPort.postMessage('open');
while (Atomics.load(workerData.flag, 0) === 0) capture.next(batch, 100);
capture.close();
