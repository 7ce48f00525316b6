/**
 * Meters the packets of a file again and again with the built program's decode and flow, and prints as JSON what the engine
 * allocated meanwhile. To be run with --expose-gc and a young generation so large that nothing is collected in between.
 *
 * The file: for each packet its captured and its wire length, its time in µs after the start (32 bits each, little-endian), and its octets.
 */
import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { PacketBatch } from '../../../dist/capture/packet-batch.js';
import { BatchDecoder } from '../../../dist/decode/decode-batch.js';
import { createDecodeSettings } from '../../../dist/decode/decode-settings.js';
import { DecodedBatch } from '../../../dist/decode/decoded-batch.js';
import { createHashSeed } from '../../../dist/decode/flow-key.js';
import { FlowMeter } from '../../../dist/flow/flow-meter.js';

const HEADER_OCTETS = 12;
const LINKTYPE_ETHERNET = 1;
/** A time stamp of these years: its ticks do not fit into 32 bits. */
const START_US = 1_700_000_000_000_000;

const file = process.argv[2];
const [maxFlows, roundUs, warmRounds, rounds] = process.argv.slice(3).map(Number);

function readBatches() {
  const octets = new Uint8Array(readFileSync(file));
  const view = new DataView(octets.buffer);
  const batches = [];
  let packets = 0;
  for (let at = 0; at < octets.length; packets++) {
    let batch = batches.at(-1);
    if (batch === undefined || batch.count === batch.capacity) {
      batch = new PacketBatch();
      batch.attach(octets);
      batch.firstNumber = packets;
      batches.push(batch);
    }
    const i = batch.count++;
    batch.captured[i] = view.getUint32(at, true);
    batch.wire[i] = view.getUint32(at + 4, true);
    batch.timeUs[i] = START_US + view.getUint32(at + 8, true);
    batch.offset[i] = at + HEADER_OCTETS;
    batch.link[i] = LINKTYPE_ETHERNET;
    at += HEADER_OCTETS + batch.captured[i];
  }
  return { batches, packets };
}

const { batches, packets } = readBatches();
const seed = createHashSeed(3);
const decoded = new DecodedBatch(256);
const decoder = new BatchDecoder(createDecodeSettings({ seed, decap: ['vxlan'] }));
let records = 0;
const meter = new FlowMeter(
  { idleTimeoutUs: 300_000, activeTimeoutUs: 2_000_000, maxFlows: maxFlows, batchCapacity: 256, seed },
  (closed) => {
    records += closed.count;
  },
);

function run(times) {
  for (let round = 0; round < times; round++) {
    for (const batch of batches) {
      decoder.decode(batch, 0, batch.count, decoded);
      meter.process(decoded);
      batch.firstNumber += packets;
      const { timeUs } = batch;
      for (let i = 0; i < batch.count; i++) timeUs[i] += roundUs;
    }
  }
}

run(warmRounds);
let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });
globalThis.gc();
await setTimeout(50);
collections = 0;
const before = process.memoryUsage().heapUsed;
run(rounds);
const allocated = process.memoryUsage().heapUsed - before;
await setTimeout(50);
const collectionsMeanwhile = collections;
globalThis.gc();
const kept = process.memoryUsage().heapUsed - before;
const ended = Array.from(meter.cache.counters.ended);
const measured = { allocated, kept, collections: collectionsMeanwhile, packets: packets * rounds, records, ended };
console.log(JSON.stringify(measured));
process.exit(0);
