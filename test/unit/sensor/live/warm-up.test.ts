import { expect, it, vi } from 'vitest';

import { PacketBatch } from '../../../../src/capture/packet-batch.js';
import * as passes from '../../../../src/decode/decode-common.js';
import { createDecodeSettings } from '../../../../src/decode/decode-settings.js';
import { createHashSeed } from '../../../../src/decode/flow-key.js';
import * as count from '../../../../src/flow/count-packets.js';
import { LiveMetering, type LiveMeteringOptions } from '../../../../src/sensor/live/live-metering.js';
import { warmUp } from '../../../../src/sensor/live/warm-up.js';
import { frameOf, PACKET } from '../../../support/traffic.js';

const SECOND = 1_000_000;
const seed = createHashSeed();

const options = (isInspecting: boolean): LiveMeteringOptions => ({
  decode: createDecodeSettings({ seed }),
  idleTimeoutUs: 30 * SECOND,
  activeTimeoutUs: 1_800 * SECOND,
  maxFlows: 1_000,
  firstNumber: 7,
  dedupUs: 5_000,
  nanoseconds: false,
  dpi: isInspecting
    ? { metadata: ['dns'], memoryOctets: 8 << 20, labelByPort: true, secrets: false, explain: false }
    : null,
  payload: null,
});

/** A packet of each of three flows every ten seconds from `startUs` on, one of them twice; the records that come of it. */
function meterSome(metering: LiveMetering, batch: PacketBatch, startUs: number): void {
  for (let round = 0; round < 6; round++) {
    const frames = [1, 2, 3, 3].map((port) => frameOf({ ...PACKET, sourcePort: port + (round >>> 2) * 10 }));
    batch.attach(Buffer.concat(frames));
    frames.forEach((frame, i) => {
      batch.offset[i] = i * frame.length;
      batch.captured[i] = frame.length;
      batch.wire[i] = frame.length;
      batch.timeUs[i] = startUs + round * 10 * SECOND + i;
      batch.link[i] = 1;
    });
    batch.count = frames.length;
    batch.latestUs = batch.timeUs[batch.count - 1];
    metering.process(batch, round * 10_000);
  }
  for (let ms = 50_000; ms <= 100_000; ms += 1_000) metering.silence(ms);
  metering.meter.deliver();
}

function record(isInspecting: boolean, warm: boolean, startUs: number): unknown {
  const records: number[][] = [];
  let isOpen = false;
  const metering = new LiveMetering(options(isInspecting), (closed) => {
    const words = closed.words.slice(0, closed.count * closed.stride);
    if (isOpen)
      for (let row = 0; row < closed.count; row++)
        records.push([...words.subarray(row * closed.stride, (row + 1) * closed.stride)]);
  });
  const batch = new PacketBatch();
  if (warm) warmUp(metering, batch, options(isInspecting).idleTimeoutUs);
  isOpen = true;
  expect(metering.counts()).toMatchObject({ live: 0, decode: { received: 0 }, cache: { created: 0, peak: 0 } });
  meterSome(metering, batch, startUs);
  expect(records).toHaveLength(6);
  return { records, counts: metering.counts(), number: metering.number, duplicates: metering.duplicates };
}

// The second clock is one that was never set.
it.each([
  [false, 1.8e15],
  [true, 1.8e15],
  [false, 60 * SECOND],
])('a sensor that has warmed up meters as one that has not, inspecting: %s, from %d µs on', (isInspecting, startUs) => {
  expect(record(isInspecting, true, startUs)).toEqual(record(isInspecting, false, startUs));
});

it('warms up the very passes that meter afterwards, since the engine compiles others less well', () => {
  const decode = vi.spyOn(passes, 'createDecodeCommon');
  const counting = vi.spyOn(count, 'createCountPackets');
  const metering = new LiveMetering(options(false), () => undefined);
  const batch = new PacketBatch();
  warmUp(metering, batch, 30 * SECOND);
  meterSome(metering, batch, 1.8e15);
  expect(decode).toHaveBeenCalledTimes(1);
  expect(counting).toHaveBeenCalledTimes(1);
});
