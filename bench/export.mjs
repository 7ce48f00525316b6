#!/usr/bin/env node
// How fast flow records are encoded and sent, by hand:
//
//   npm run build && node bench/export.mjs [--records 3000000] [--capture pcaps/demo.pcap] [--uniflow]
//
// The records are those of a capture, over and over. Nothing is metered while it runs; every line is the best of three.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { InterfaceTable } from '../dist/capture/interface-table.js';
import { openCapture } from '../dist/capture/open-capture.js';
import { createDecodeSettings } from '../dist/decode/decode-settings.js';
import { createOutput } from '../dist/export/create-output.js';
import { ClosedFlows } from '../dist/flow/closed-flows.js';
import { Metering } from '../dist/sensor/metering.js';
import { describeMachine } from './lib/machine.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SINK = fileURLToPath(new URL('lib/stream-sink.mjs', import.meta.url));
const RUNS = 3;
const BLOCK_ROWS = 4096;
const EXTENSION_OFFSET = 32;
/** Blocks after which sockets get their turn, as in a replay. */
const BLOCKS_PER_TURN = 8;

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '3000000' },
    capture: { type: 'string', default: path.join(ROOT, 'pcaps/demo.pcap') },
    uniflow: { type: 'boolean', default: false },
  },
});
const wanted = Number(values.records);
if (!Number.isInteger(wanted) || wanted < 1) throw new Error(`--records '${values.records}': expected a whole number`);

/** A block full of the capture's records. */
async function blockOf(capture) {
  const settings = createDecodeSettings({ vlanInKey: true, interfaceInKey: false, decap: [], ports: {} });
  const rows = [];
  let like = null;
  const metering = new Metering(
    { decode: settings, idleTimeoutUs: 30e6, activeTimeoutUs: 1800e6, maxFlows: 100_000 },
    (closed) => {
      like = closed;
      for (let row = 0; row < closed.count && rows.length < BLOCK_ROWS; row++) {
        rows.push(closed.words.slice(row * closed.stride, (row + 1) * closed.stride));
      }
    },
  );
  const reader = await openCapture(capture, new InterfaceTable());
  const batch = metering.batch();
  while (await reader.fill()) while (reader.next(batch) > 0) metering.process(batch);
  await reader.close();
  await metering.finish();
  if (like === null) throw new Error(`${capture}: no flows`);
  const block = new ClosedFlows(like.tunnelOffset - EXTENSION_OFFSET, BLOCK_ROWS);
  for (let row = 0; row < BLOCK_ROWS; row++) block.words.set(rows[row % rows.length], row * like.stride);
  block.count = BLOCK_ROWS;
  return block;
}

const STATISTICS = {
  observationTimeSeconds: 0,
  systemInitTimeMilliseconds: 0,
  packetTotalCount: 0,
  droppedPacketTotalCount: 0,
  ignoredPacketTotalCount: 0,
  notSentPacketTotalCount: 0,
  expiredFragmentCount: 0,
  assembledFragmentCount: 0,
  flowTableFlushEventCount: 0,
  flowTablePeakCount: 0,
  meanFlowRate: 0,
  meanPacketRate: 0,
};

/** Writes the wanted records to an output; returns wall and processor seconds and what the output counted. */
async function run(name, block) {
  const output = await createOutput(name, { uniflow: values.uniflow, isReplay: true, warn: console.error });
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let blocks = 0; output.counts().offered < wanted; blocks++) {
    output.write(block);
    if (output.isFull) await output.drain();
    if (blocks % BLOCKS_PER_TURN === 0) {
      output.tick(Date.now());
      await setImmediate();
    }
  }
  await output.finish(STATISTICS);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return { seconds, processor: (used.user + used.system) / 1e6, counts: output.counts() };
}

/** A collector in a process of its own, which throws away what it gets. */
function startSink() {
  const child = spawn(process.execPath, [SINK], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => child.stdout.once('data', (text) => resolve({ child, port: Number(text) })));
}

const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-'));
const sink = await startSink();
try {
  for (const [label, value] of describeMachine()) console.log(`${label}: ${value}`);
  const block = await blockOf(values.capture);
  const targets = [
    ['nothing (/dev/null)', 'ipfix+file:/dev/null'],
    ['a file', path.join(folder, 'bench.ipfix')],
    ['TCP on this machine', `ipfix+tcp://127.0.0.1:${sink.port}`],
    ['UDP on this machine', `ipfix+udp://127.0.0.1:${sink.port}`],
    ['JSON, a file', path.join(folder, 'bench.jsonl')],
  ];
  for (const [label, name] of targets) {
    let best = null;
    for (let n = 0; n < RUNS; n++) {
      const result = await run(name, block);
      if (best === null || result.processor < best.processor) best = result;
    }
    const { seconds, processor, counts } = best;
    const rate = (of) => `${(counts.offered / of / 1e6).toFixed(2)} M records/s`;
    const lost = counts.offered - counts.exported;
    console.log(
      `${label.padEnd(20)} ${rate(seconds)}, ${rate(processor)} and processor, ${(counts.octets / counts.offered).toFixed(0)} octets a record` +
        (lost === 0 ? '' : `, ${lost} NOT SENT`),
    );
  }
} finally {
  sink.child.kill();
  rmSync(folder, { recursive: true, force: true });
}
