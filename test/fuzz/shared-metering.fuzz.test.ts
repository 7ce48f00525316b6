import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { InterfaceTable } from '../../src/capture/interface-table.js';
import { openCapture } from '../../src/capture/open-capture.js';
import { PacketBatch } from '../../src/capture/packet-batch.js';
import { createDecodeSettings } from '../../src/decode/decode-settings.js';
import { createHashSeed } from '../../src/decode/flow-key.js';
import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { flowFields } from '../../src/export/fields/flow-fields.js';
import { RecordText } from '../../src/export/text/record-text.js';
import { JSON_LINES } from '../../src/export/text/text-style.js';
import type { ClosedFlowsSink } from '../../src/flow/closed-flows.js';
import { positionBefore } from '../../src/flow/closing-list.js';
import { extensionWordsOf } from '../../src/flow/flow-meter.js';
import { METERS } from '../../src/flow/meters/index.js';
import { Metering, type MeteringSettings } from '../../src/sensor/metering.js';
import { OwnRecords } from '../../src/sensor/own-records.js';
import { RecordMerge } from '../../src/sensor/record-merge.js';
import { mutatedCapture } from '../support/mutated-captures.js';
import { Random } from '../support/random.js';

/**
 * Damaged captures, metered whole and in shares, whose records are merged as they come: workers without their threads,
 * so that the order in which they get on is drawn, and can be repeated. Runs for FUZZ_MS milliseconds; FUZZ_SEED repeats it.
 */

const DURATION_MS = Number(process.env.FUZZ_MS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
/** Small, so that much happens at the edges. */
const PACKETS_PER_SLOT = 16;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-fuzz-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

it(
  'shares of a capture give the records of the whole, in the same order',
  { timeout: DURATION_MS + 60_000 },
  async () => {
    process.stderr.write(`shared-metering.fuzz.test.ts: FUZZ_SEED=${SEED} repeats this run\n`);
    const until = performance.now() + DURATION_MS;
    for (let seed = SEED; seed === SEED || performance.now() < until; seed++) {
      const file = path.join(folder, 'mutated.pcap');
      fs.writeFileSync(file, mutatedCapture(seed));
      const batches = await batchesOf(file);
      if (batches === null) continue;
      const random = new Random(seed);
      const idleTimeoutUs = random.of([0.01, 0.3, 5, 30]) * 1e6;
      const activeTimeoutUs = random.of([0.05, 1, 60, 1800]) * 1e6;
      const whole = meterWhole(batches, { idleTimeoutUs, activeTimeoutUs });
      const shared = meterShared(batches, { idleTimeoutUs, activeTimeoutUs }, 2 + random.below(3), random);
      expect(shared.split('\n'), `seed ${seed}`).toEqual(whole.split('\n'));
    }
  },
);

type Timeouts = Pick<MeteringSettings, 'idleTimeoutUs' | 'activeTimeoutUs'>;
const decodeOptions = { seed: createHashSeed(1), decap: Object.keys(TUNNELS) };
const settingsOf = (timeouts: Timeouts, workers: number, worker: number): MeteringSettings => ({
  ...timeouts,
  maxFlows: 1_000,
  decode: createDecodeSettings({ ...decodeOptions, workers, worker }),
});

function meterWhole(batches: readonly PacketBatch[], timeouts: Timeouts): string {
  return jsonOf((sink) => {
    const metering = new Metering(settingsOf(timeouts, 1, 0), sink);
    for (const batch of batches) metering.process(batch);
    void metering.finish();
  });
}

function meterShared(batches: readonly PacketBatch[], timeouts: Timeouts, workers: number, random: Random): string {
  return jsonOf((sink) => {
    const shares = Array.from({ length: workers }, (_, worker) => {
      const records = new OwnRecords(extensionWordsOf(METERS), 1);
      const metering = new Metering(settingsOf(timeouts, workers, worker), (closed) => {
        for (let row = 0; row < closed.count;) row += records.fill(closed, row);
      });
      return { metering, records, done: 0 };
    });
    const sources = shares.map(({ records }) => records);
    const merge = new RecordMerge(sources, extensionWordsOf(METERS), sink);
    const open = [...shares];
    while (open.length > 0) {
      const share = random.of(open);
      const { metering, records } = share;
      const batch = batches[share.done++];
      if (batch === undefined) {
        void metering.finish();
        open.splice(open.indexOf(share), 1);
        records.progress = Infinity;
      } else {
        metering.process(batch);
        if (random.below(2) === 0) continue;
        metering.deliver();
        records.progress = positionBefore(batch.firstNumber + batch.count);
      }
      merge.merge();
    }
  });
}

/** What a sink of closed flows is given, as JSON lines. */
function jsonOf(meter: (sink: ClosedFlowsSink) => void): string {
  let text = '';
  const encoder = new RecordText(flowFields({ time: 'ns' }), false, JSON_LINES, (octets, from, to) => {
    text += Buffer.from(octets.subarray(from, to)).toString();
  });
  meter((closed) => encoder.write(closed));
  encoder.finish();
  return text;
}

/** All packets of a capture in small batches; null when it is none any more. */
async function batchesOf(file: string): Promise<PacketBatch[] | null> {
  const reader = await openCapture(file, new InterfaceTable()).catch(() => null);
  if (reader === null) return null;
  const batches: PacketBatch[] = [];
  let packets = 0;
  try {
    for (;;) {
      if (!(await reader.fill())) return batches;
      for (;;) {
        const batch = new PacketBatch(PACKETS_PER_SLOT);
        if (reader.next(batch) === 0) break;
        batch.firstNumber = packets;
        packets += batch.count;
        batch.attach(batch.octets.slice());
        batches.push(batch);
      }
    }
  } finally {
    await reader.close();
  }
}
