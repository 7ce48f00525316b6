/**
 * Meters packets as a live worker does, with the built program, and prints as JSON what the engine allocated meanwhile. To be
 * run with --expose-gc and a young generation so large that nothing is collected in between.
 */
import { PacketBatch } from '../../../../dist/capture/packet-batch.js';
import { createDecodeSettings } from '../../../../dist/decode/decode-settings.js';
import { ClosedRingReader, ClosedRingWriter, allocateClosedRing } from '../../../../dist/sensor/live/closed-ring.js';
import { LiveMetering } from '../../../../dist/sensor/live/live-metering.js';

const FRAME_OCTETS = 96;
const START_US = 1.7e15;
const [warmBatches, batches] = process.argv.slice(2).map(Number);

const batch = new PacketBatch();
const frames = new Uint8Array(batch.capacity * FRAME_OCTETS);
const view = new DataView(frames.buffer);
for (let i = 0; i < batch.capacity; i++) {
  const at = i * FRAME_OCTETS;
  view.setUint16(at + 12, 0x0800);
  view.setUint16(at + 14, 0x4500);
  view.setUint16(at + 16, FRAME_OCTETS - 14);
  view.setUint16(at + 22, (64 << 8) | 17);
  view.setUint32(at + 26, 0x0a000000 | i);
  view.setUint32(at + 30, 0x0a010001);
  view.setUint16(at + 36, 53);
}
batch.attach(frames);

const ring = allocateClosedRing(10);
const writer = new ClosedRingWriter(ring);
const reader = new ClosedRingReader(ring);
let closedFlows = 0;
const options = {
  idleTimeoutUs: 300_000,
  activeTimeoutUs: 2e6,
  maxFlows: 20_000,
  firstNumber: 0,
  dedupUs: 0,
  nanoseconds: false,
  dpi: null,
};
const metering = new LiveMetering({ ...options, decode: createDecodeSettings() }, (closed) => {
  if (writer.offer(closed, 0) !== closed.count) throw new Error('the ring is full');
});

let number = 0;
/** Ports change, so that flows are created and end; a millisecond passes with each batch. */
function meter(count) {
  for (let n = 0; n < count; n++, number++) {
    for (let i = 0; i < batch.capacity; i++) {
      batch.offset[i] = i * FRAME_OCTETS;
      batch.captured[i] = FRAME_OCTETS;
      batch.wire[i] = FRAME_OCTETS;
      batch.timeUs[i] = START_US + number * 1_000 + i;
      batch.link[i] = 1;
      view.setUint16(i * FRAME_OCTETS + 34, 1_024 + (number >>> 5));
    }
    batch.count = batch.capacity;
    batch.latestUs = batch.timeUs[batch.count - 1];
    metering.tick(number, START_US / 1_000 + number, number);
    metering.process(batch, number);
    if (number % 8 === 0) metering.silence(number);
    for (let block = reader.peek(); block !== null; block = reader.peek()) {
      closedFlows += block.count;
      reader.release();
    }
  }
}

meter(warmBatches);
globalThis.gc();
const before = process.memoryUsage();
meter(batches);
const after = process.memoryUsage();
console.log(
  JSON.stringify({
    octetsPerBatch: (after.heapUsed - before.heapUsed) / batches,
    buffers: after.arrayBuffers - before.arrayBuffers,
    closedFlows,
    live: metering.meter.cache.size,
  }),
);
