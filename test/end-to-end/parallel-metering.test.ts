import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { libpcapMissing } from '../../src/capture/native.js';
import { InterfaceTable } from '../../src/capture/interface-table.js';
import { openCapture } from '../../src/capture/open-capture.js';
import { createHashSeed } from '../../src/decode/flow-key.js';
import type { ClosedFlows, ClosedFlowsSink } from '../../src/flow/closed-flows.js';
import { Extension, Record } from '../../src/flow/flow-record.js';
import type { ParallelMetering, ParallelMeteringOptions } from '../../src/sensor/parallel-metering.js';
import { generatedTrace, programPath } from '../support/run-weir.js';

/** Threads as they are built, and what they do when this one is slow, or one of them fails. */

programPath();
const noLibpcap = libpcapMissing();
if (noLibpcap !== null) console.warn(`inputs that change are not tested: ${noLibpcap}`);

const MODULE = fileURLToPath(new URL('../../dist/sensor/parallel-metering.js', import.meta.url));
/** Twice what may wait of two threads: 32 blocks of 256 records each. */
const MANY = 4 * 32 * 256;

const OPTIONS: ParallelMeteringOptions = {
  idleTimeoutUs: 30e6,
  activeTimeoutUs: 1_800e6,
  maxFlows: 200_000,
  decode: {},
  workers: 2,
  seed: createHashSeed(1),
  fromUs: 0,
  toUs: Infinity,
  filter: null,
  dedupUs: 0,
};

/** Meters a trace; resolves when all its records have been handed to `sink`. */
async function meter(trace: string, options: ParallelMeteringOptions, sink: ClosedFlowsSink): Promise<void> {
  const built = (await import(MODULE)) as { ParallelMetering: typeof ParallelMetering };
  const metering = new built.ParallelMetering(options, sink);
  const reader = await openCapture(trace, new InterfaceTable(), {
    through: (source) => metering.through(source, trace),
  });
  try {
    for (let packets = 0; ;) {
      const batch = await metering.batch();
      if (!(await reader.fill())) break;
      while (reader.next(batch) > 0) {
        batch.firstNumber = packets;
        packets += batch.count;
        metering.process(batch);
      }
    }
    await metering.finish();
  } finally {
    await reader.close();
  }
  expect(metering.counts()).toHaveLength(options.workers);
}

/** Ends of flows and first packets, in the order of the records. */
class Orders {
  readonly ends: number[] = [];
  readonly firsts: number[] = [];

  add(closed: ClosedFlows): void {
    for (let row = 0; row < closed.count; row++) {
      this.ends.push(closed.positions[row]);
      this.firsts.push(closed.floats[(row * closed.stride + Record.Words) / 2 + Extension.FirstNumber]);
    }
  }
}

describe('several threads', () => {
  it('lose nothing when records are taken slowly, whether flows end while packets come or all at the end', async () => {
    const trace = await generatedTrace('flows-1m', 250_000);
    const idle = new Int32Array(new SharedArrayBuffer(4));
    for (const idleTimeoutUs of [1e3, 30e6]) {
      const orders = new Orders();
      let blocks = 0;
      await meter(trace, { ...OPTIONS, idleTimeoutUs }, (closed) => {
        orders.add(closed);
        // The others wait meanwhile, with all they have room for.
        if (++blocks % 8 === 0) Atomics.wait(idle, 0, 0, 10);
      });
      const { ends, firsts } = orders;
      expect(ends.length).toBeGreaterThan(MANY);
      expect(new Set(firsts).size).toBe(firsts.length);
      const isOrdered = ends.every(
        (end, i) => i === 0 || end > ends[i - 1] || (end === ends[i - 1] && firsts[i] > firsts[i - 1]),
      );
      expect(isOrdered).toBe(true);
    }
  });

  it('fail when one of them ends, though records of this one wait for it', { timeout: 60_000 }, async () => {
    const trace = await generatedTrace('flows-1m', 250_000);
    process.once('worker', (thread) => void thread.terminate());
    const outcome = meter(trace, { ...OPTIONS, idleTimeoutUs: 1e3 }, () => {});
    await expect(outcome).rejects.toThrow('a thread that meters has ended with exit code 1');
  });

  it.skipIf(noLibpcap !== null)('fail an input of which one of them has read less', { timeout: 60_000 }, async () => {
    const trace = await generatedTrace('flows-1m', 250_000);
    // Of the threads, only the other one selects packets here; it leaves the input at once, since it cannot.
    for (const idleTimeoutUs of [1e3, 30e6]) {
      const outcome = meter(trace, { ...OPTIONS, idleTimeoutUs, filter: 'no filter at all' }, () => {});
      await expect(outcome).rejects.toThrow(`${trace}: changed while it was read: a thread found fewer packets in it`);
    }
  });
});
