/**
 * Meters packets as a live worker does, with the built program, and prints as JSON what the engine allocated meanwhile. To be
 * run with --expose-gc and a young generation so large that nothing is collected in between.
 */
import { PacketBatch } from '../../../../dist/capture/packet-batch.js';
import { DPI_LAYOUT } from '../../../../dist/dpi/dpi-layout.js';
import { extensionWordsOf } from '../../../../dist/flow/flow-meter.js';
import { METERS } from '../../../../dist/flow/meters/index.js';
import { createDecodeSettings } from '../../../../dist/decode/decode-settings.js';
import { ClosedRingReader, ClosedRingWriter, allocateClosedRing } from '../../../../dist/sensor/closed-ring.js';
import { loadInspection } from '../../../../dist/sensor/inspection.js';
import { LiveMetering } from '../../../../dist/sensor/live/live-metering.js';

const FRAME_OCTETS = 96;
/** An Ethernet frame with a DNS query for www.example.com. */
const QUERY = Buffer.from(
  '0001010000010000000000000377777707657861 6d706c6503636f6d0000010001'.replaceAll(' ', ''),
  'hex',
);
const PAYLOAD_AT = 42;
const CAPTURED_OCTETS = PAYLOAD_AT + QUERY.length;
const START_US = 1.7e15;
const [warmBatches, batches] = process.argv.slice(2, 4).map(Number);
const isInspecting = process.argv[4] === 'inspecting';

const batch = new PacketBatch();
const frames = new Uint8Array(batch.capacity * FRAME_OCTETS);
const view = new DataView(frames.buffer);
for (let i = 0; i < batch.capacity; i++) {
  const at = i * FRAME_OCTETS;
  view.setUint16(at + 12, 0x0800);
  view.setUint16(at + 14, 0x4500);
  view.setUint16(at + 16, CAPTURED_OCTETS - 14);
  view.setUint16(at + 22, (64 << 8) | 17);
  view.setUint32(at + 26, 0x0a000000 | i);
  view.setUint32(at + 30, 0x0a010001);
  view.setUint16(at + 36, 53);
  view.setUint16(at + 38, 8 + QUERY.length);
  frames.set(QUERY, at + PAYLOAD_AT);
}
batch.attach(frames);

const dpi = isInspecting
  ? { metadata: ['dns'], memoryOctets: 64 << 20, labelByPort: false, secrets: false, explain: false }
  : null;
const ring = allocateClosedRing(extensionWordsOf(isInspecting ? [...METERS, DPI_LAYOUT] : METERS), isInspecting);
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
  dpi,
};
const take = (closed) => {
  if (writer.offer(closed, 0) !== closed.count) throw new Error('the ring is full');
};
const decode = createDecodeSettings();
const metering = new LiveMetering({ ...options, decode }, take, await loadInspection(options));

let number = 0;
/** Ports change, so that flows are created and end; a millisecond passes with each batch. */
function meter(count) {
  for (let n = 0; n < count; n++, number++) {
    for (let i = 0; i < batch.capacity; i++) {
      batch.offset[i] = i * FRAME_OCTETS;
      batch.captured[i] = CAPTURED_OCTETS;
      batch.wire[i] = CAPTURED_OCTETS;
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
    inspection: metering.counts().dpi,
  }),
);
