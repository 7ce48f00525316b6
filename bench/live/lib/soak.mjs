/** A sensor that runs for a long time under an even load: what of it grows. */
import { setTimeout as sleep } from 'node:timers/promises';

import { startMeter } from './meters.mjs';

const FLOWS = 16_384;
const PROBE_SECONDS = 3;
/** After so many rounds all flows are others: the old ones go idle and are exported. */
const ROUNDS = 50;
const IDLE_SECONDS = 5;
/** Left out of the slopes: compilers, first flows and first collections. */
const WARM_SHARE = 0.25;
/** What may be called flat: growth from the first to the last sample by the line through all. */
const FLAT_SHARE = 0.05;

const SERIES = [
  ['resident MiB', (status) => status.memoryOctets / 2 ** 20],
  ['heap MiB, main thread', (status) => status.heapOctets / 2 ** 20],
  ['heap MiB, worker', (status) => status.workers[0].heapOctets / 2 ** 20],
  ['live flows', (status) => status.ledger.flows.live],
  ['timers late s', (status) => status.timerLatenessSeconds],
  ['timeouts late s', (status) => status.workers[0].timeoutLatenessSeconds],
];
/** Those that say something of leaks. */
const BOUNDED = 3;

/** Runs for `minutes` at `rate`, or half of what goes without loss; prints samples and slopes. */
export async function soakCase({ lab, sink, minutes, rate, backend }) {
  const meter = await startMeter(`weir ${backend}`, { folder: lab.folder, port: sink.port, idleSeconds: IDLE_SECONDS });
  try {
    const even = rate ?? (await losslessRate(lab, meter)) / 2;
    const seconds = 60 * minutes;
    console.log(`\n${backend}, ${Math.round(even).toLocaleString('en-US')} packets/s for ${minutes} minutes\n`);
    const before = (await meter.counts()).received;
    const sending = lab.send({ flows: FLOWS, rate: even, seconds, rounds: ROUNDS });
    const samples = await sampled(meter, sending, Math.max(1, seconds / 240));
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
      ...SERIES.slice(0, BOUNDED).map(([name], n) => ({
        text: `growth of ${name}, part of its mean`,
        ratio: growth(warm(samples), n),
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

async function sampled(meter, sending, everySeconds) {
  const samples = [];
  const start = performance.now();
  let isOver = false;
  void sending.then(() => (isOver = true));
  while (!isOver) {
    const status = await meter.status();
    samples.push({
      seconds: (performance.now() - start) / 1_000,
      isBalanced: status.ledger.balanced,
      values: SERIES.map(([, of]) => of(status)),
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

/** How much the line of least squares through a series rises from its first to its last sample, as a part of the mean. */
function growth(samples, series) {
  const n = samples.length;
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / n;
  const [x, y] = [(sample) => sample.seconds, (sample) => sample.values[series]];
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = mean((sample) => (x(sample) - meanX) * (y(sample) - meanY));
  const variance = mean((sample) => (x(sample) - meanX) ** 2);
  const slope = variance === 0 ? 0 : covariance / variance;
  return (slope * (samples[n - 1].seconds - samples[0].seconds)) / meanY;
}
