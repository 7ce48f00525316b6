/** A sensor that runs for a long time under an even load: what of it grows. */
import { setTimeout as sleep } from 'node:timers/promises';

import { startMeter } from './meters.mjs';

const FLOWS = 16_384;
const PROBE_SECONDS = 3;
/** After so many rounds all flows are others: the old ones go idle and are exported. */
const ROUNDS = 8;
const IDLE_SECONDS = 5;
/** Left out of the slopes: compilers, first flows and first collections. */
const WARM_SHARE = 0.25;
/** A heap rises until it is collected: of each such part of the time the least is taken. */
const PARTS = 8;
/** The main thread makes so little garbage that it collects all of it once in minutes: its heap is judged where it was told to. */
const COLLECTIONS_A_PART = 2;
/** What may be called flat: growth from the first to the last part by the line through all. */
const FLAT_SHARE = 0.05;

const SERIES = [
  ['resident MiB', (status) => status.memoryOctets / 2 ** 20],
  ['heap MiB, main thread', (status) => status.heapOctets / 2 ** 20],
  ['kept MiB, main thread', (_, keptOctets) => keptOctets / 2 ** 20],
  ['heap MiB, worker', (status) => status.workers[0].heapOctets / 2 ** 20],
  ['live flows', (status) => status.ledger.flows.live],
  ['timers late s', (status) => status.timerLatenessSeconds],
  ['timeouts late s', (status) => status.workers[0].timeoutLatenessSeconds],
];
/** Those that say something of leaks. */
const BOUNDED = ['resident MiB', 'kept MiB, main thread', 'heap MiB, worker'];

/** Runs for `minutes` at `rate`, or half of what goes without loss; prints samples and slopes. */
export async function soakCase({ lab, sink, minutes, rate, backend }) {
  const meter = await startMeter(`weir ${backend}`, { folder: lab.folder, port: sink.port, idleSeconds: IDLE_SECONDS });
  try {
    const even = rate ?? (await losslessRate(lab, meter)) / 2;
    const seconds = 60 * minutes;
    console.log(`\n${backend}, ${Math.round(even).toLocaleString('en-US')} packets/s for ${minutes} minutes\n`);
    const before = (await meter.counts()).received;
    const sending = lab.send({ flows: FLOWS, rate: even, seconds, rounds: ROUNDS });
    const samples = await sampled(meter, sending, seconds);
    const { sent } = await sending;
    await sleep(1_000);
    const status = await meter.status();
    const received = status.ledger.packets.received - before;
    report(samples);
    const { created, exported, notSent } = status.ledger.flows;
    console.log(
      `\nsent ${sent}, received ${received}, dropped ${status.droppedByKernel}; flows created ${created}, ` +
        `exported ${exported}, not sent ${notSent}; ledger ${status.ledger.balanced ? 'balances' : 'DOES NOT BALANCE'}`,
    );
    return [
      { text: 'packets lost in the soak', ratio: (sent - received) / sent, most: 0 },
      { text: 'ledgers that do not balance', ratio: samples.filter(({ isBalanced }) => !isBalanced).length, most: 0 },
      ...BOUNDED.map((bounded) => ({
        text: `growth of ${bounded}, part of its mean`,
        ratio: growth(
          floors(
            warm(samples),
            SERIES.findIndex(([name]) => name === bounded),
          ),
        ),
        most: FLAT_SHARE,
      })),
    ];
  } finally {
    await meter.end();
  }
}

async function losslessRate(lab, meter) {
  // The first time warms up.
  await lab.send({ flows: FLOWS, rate: 100_000, seconds: 1 });
  const { seconds } = await lab.send({ flows: FLOWS, rate: 0, seconds: PROBE_SECONDS });
  await sleep(500);
  const before = (await meter.counts()).received;
  await lab.send({ flows: FLOWS, rate: 0, seconds });
  await sleep(500);
  return ((await meter.counts()).received - before) / seconds;
}

async function sampled(meter, sending, totalSeconds) {
  const samples = [];
  const everySeconds = Math.max(1, totalSeconds / 240);
  const collectEvery = Math.max(1, Math.floor(totalSeconds / everySeconds / PARTS / COLLECTIONS_A_PART));
  const start = performance.now();
  let isOver = false;
  void sending.then(() => (isOver = true));
  let keptOctets = 0;
  while (!isOver) {
    if (samples.length % collectEvery === 0) keptOctets = await meter.collect();
    const status = await meter.status();
    samples.push({
      seconds: (performance.now() - start) / 1_000,
      isBalanced: status.ledger.balanced,
      values: SERIES.map(([, of]) => of(status, keptOctets)),
    });
    await sleep(everySeconds * 1_000);
  }
  return samples;
}

function report(samples) {
  const names = SERIES.map(([name]) => name);
  console.log(`| seconds | ${names.join(' | ')} |\n|${' ---: |'.repeat(names.length + 1)}`);
  const step = Math.max(1, Math.floor(samples.length / 12));
  for (let i = 0; i < samples.length; i += step) {
    const { seconds, values } = samples[i];
    console.log(`| ${seconds.toFixed(0)} | ${values.map((value) => value.toFixed(value < 10 ? 2 : 0)).join(' | ')} |`);
  }
}

const warm = (samples) => samples.slice(Math.floor(samples.length * WARM_SHARE));

/** The least value of a series in each part of the time. */
function floors(samples, series) {
  const size = Math.max(1, Math.floor(samples.length / PARTS));
  return Array.from({ length: Math.floor(samples.length / size) }, (_, part) =>
    Math.min(...samples.slice(part * size, (part + 1) * size).map(({ values }) => values[series])),
  );
}

/** How much the line of least squares through values rises from the first to the last, as a part of their mean. */
function growth(list) {
  const n = list.length;
  const mean = list.reduce((sum, value) => sum + value, 0) / n;
  const middle = (n - 1) / 2;
  const covariance = list.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  const variance = list.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return variance === 0 ? 0 : ((covariance / variance) * (n - 1)) / mean;
}
