#!/usr/bin/env node
// What a collector that is slow, stopped or dead costs a replay, by hand:
//
//   npm run build && node bench/stuck-peer.mjs [--packets 2000000] [--runs 3] [--stopped-seconds 30]
//
// The same trace is replayed into a file and into a collector over TCP that behaves, never reads, is stopped (SIGSTOP) from the
// start or for a while, is not there, or reads slowly. Shown is, beside the run with the one that behaves: the time until the file
// was complete, which is when metering was; processor time; the peak of memory; and how long the end took from there. Exit code 1
// when a ledger does not balance, the file lacks a record, or a record is neither sent nor counted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { provideTrace } from './generate-traffic.mjs';
import { describeMachine } from './lib/machine.mjs';
import { measure, median } from './lib/measure.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const PEER = fileURLToPath(new URL('lib/troubled-peer.mjs', import.meta.url));
const MIB = 1_048_576;
/** Many more flows end than in practice: nearly every packet makes a record. */
const IDLE_TIMEOUT = '1s';
/** A port of loopback at which nobody listens: it is reserved, and below those that programs get. */
const DEAD_PORT = 1;
const SLOW_OCTETS_A_SECOND = 8 * MIB;

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '2000000' },
    runs: { type: 'string', default: '3' },
    'stopped-seconds': { type: 'string', default: '30' },
  },
});
const [packets, runs, stoppedSeconds] = ['packets', 'runs', 'stopped-seconds'].map((name) => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} '${values[name]}': expected a whole number`);
  return number;
});

/** @returns {Promise<{ child: import('node:child_process').ChildProcess, port: number }>} */
function startPeer(reads) {
  const child = spawn(process.execPath, [PEER, reads], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => child.stdout.once('data', (text) => resolve({ child, port: Number(text) })));
}

const CASES = [
  { label: 'a file alone', reads: null },
  { label: 'a collector that reads', reads: 'Infinity' },
  { label: 'never reads', reads: 'never' },
  { label: 'stopped for good', reads: 'Infinity', stopped: Infinity },
  { label: `stopped for ${stoppedSeconds} s`, reads: 'Infinity', stopped: stoppedSeconds },
  { label: 'not there', reads: null, port: DEAD_PORT },
  { label: `reads ${SLOW_OCTETS_A_SECOND / MIB} MiB/s`, reads: String(SLOW_OCTETS_A_SECOND) },
];

/** One replay; times in seconds, memory in octets, records of the collector's output. */
async function replay({ reads, port, stopped = 0 }, trace, folder) {
  const peer = reads === null ? null : await startPeer(reads);
  const file = path.join(folder, 'sound.ipfix');
  const report = path.join(folder, 'stats.json');
  const target = peer?.port ?? port;
  const outputs = target === undefined ? [file] : [file, `ipfix+tcp://127.0.0.1:${target}`];
  const words = ['replay', trace, '--idle-timeout', IDLE_TIMEOUT, '--stats', 'none', '--stats-file', report];
  try {
    if (stopped > 0) peer.child.kill('SIGSTOP');
    if (stopped > 0 && stopped < Infinity) void delay(stopped * 1000).then(() => peer.child.kill('SIGCONT'));
    const startMs = Date.now();
    const command = [process.execPath, MAIN, ...words, ...outputs.flatMap((output) => ['-o', output])];
    const { cpuSeconds, peakOctets } = await measure(command, new Set([0, 1]));
    const meteredSeconds = (statSync(file).mtimeMs - startMs) / 1000;
    const endSeconds = (Date.now() - startMs) / 1000 - meteredSeconds;
    const statistics = JSON.parse(readFileSync(report, 'utf8'));
    return { meteredSeconds, cpuSeconds, peakOctets, endSeconds, statistics };
  } finally {
    peer?.child.kill('SIGKILL');
  }
}

/** What is wrong with a run; empty when nothing is. */
function faultsOf({ ledger, outputs }) {
  const [sound, troubled] = outputs;
  const { created } = ledger.flows;
  const faults = [];
  if (!ledger.balanced) faults.push('the ledger does not balance');
  if (sound.records !== created) faults.push(`the file lacks ${created - sound.records} records`);
  if (troubled !== undefined && troubled.records + troubled.notSent !== created) faults.push('records are missing');
  return faults;
}

const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-'));
try {
  const { path: trace } = provideTrace({ caseName: 'flows-1m', packets });
  for (const [label, value] of describeMachine()) console.log(`${label}: ${value}`);
  console.log(`Trace: flows-1m, ${packets} packets; medians of ${runs} runs; ratios to "${CASES[1].label}"\n`);
  const columns = [
    'peer',
    'metered s',
    'ratio',
    'CPU s',
    'ratio',
    'peak MiB',
    'ratio',
    'end s',
    'sent',
    'not sent',
    'twice',
  ];
  console.log(columns.map((column, n) => (n === 0 ? column.padEnd(24) : column.padStart(9))).join(' '));
  const results = new Map(CASES.map((each) => [each, []]));
  for (let n = 0; n < runs; n++) {
    for (const each of CASES) results.get(each).push(await replay(each, trace, folder));
  }
  const middle = (each, key) => median(results.get(each).map((result) => result[key]));
  const [, healthy] = CASES;
  for (const each of CASES) {
    const figures = ['meteredSeconds', 'cpuSeconds', 'peakOctets'].flatMap((key) => {
      const value = middle(each, key);
      const shown = key === 'peakOctets' ? (value / MIB).toFixed(0) : value.toFixed(2);
      return [shown, (value / middle(healthy, key)).toFixed(2)];
    });
    const { statistics } = results.get(each).at(-1);
    const { records = '–', notSent = '–', counts } = statistics.outputs[1] ?? {};
    const cells = [...figures, middle(each, 'endSeconds').toFixed(1), records, notSent, counts?.repeated ?? '–'];
    console.log([each.label.padEnd(24), ...cells.map((cell) => String(cell).padStart(9))].join(' '));
    const faults = new Set(results.get(each).flatMap((result) => faultsOf(result.statistics)));
    for (const fault of faults) console.log(`  WRONG: ${fault}`);
    if (faults.size > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
