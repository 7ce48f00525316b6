/** What the live benchmark measures. Each case prints its table and returns the targets it looked at. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { RECEIVER_PROCESSOR } from './lab.mjs';
import { startMeter } from './meters.mjs';

const RECEIVE = fileURLToPath(new URL('../receive.mjs', import.meta.url));
/** Packets a second at which flow tables are filled before anything is measured. */
const FILL_RATE = 250_000;
/** A machine under load may send slower: it is tried so often until the flows are there. */
const FILLS = 5;
/** How long a meter's count has to stay the same until all that waits in buffers is metered. */
const SETTLE_MS = 500;
const FEW_FLOWS = 16_384;
/** Flows that a meter has to hold before it is measured: a sender that stops for a moment may lose some. */
const FILLED_SHARE = 0.99;

/** @typedef {{ text: string, ratio: number, most: number }} Target a ratio and what it may be at most */

/** The sender alone: what it can do when nobody listens, packets a second. */
export async function senderSpeed(lab, seconds) {
  const { sent, seconds: took } = await lab.send({ flows: FEW_FLOWS, rate: 0, seconds });
  return sent / took;
}

/** Back-ends by themselves: packets counted, and metered into flows without output. */
export async function captureCase({ lab, backends, rates, seconds, rounds }) {
  const table = new Table(['back-end', 'work', 'offered packets/s', 'lost', 'CPU ns/packet']);
  const cost = new Map();
  for (const rate of rates) {
    for (const mode of ['count', 'meter']) {
      for (const backend of backends) {
        const runs = await repeated(rounds, () => captureRun(lab, backend, mode, rate, seconds));
        table.row(backend, mode, offered(runs), lost(runs), Math.round(cpu(runs)));
        cost.set(`${backend} ${mode} ${rate}`, cpu(runs));
      }
    }
  }
  return rates.flatMap((rate) => {
    const ratio = cost.get(`afpacket meter ${rate}`) / cost.get(`libpcap meter ${rate}`);
    return target(`afpacket against libpcap, metering, ${rateText(rate)}`, ratio, 0.85);
  });
}

async function captureRun(lab, backend, mode, rate, seconds) {
  const words = ['-c', RECEIVER_PROCESSOR, process.execPath, RECEIVE, backend, mode];
  const receiver = spawn('taskset', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  let told = '';
  receiver.stdout.on('data', (piece) => (told += piece));
  while (!told.includes('ready')) await once(receiver.stdout, 'data');
  // The first second is not reckoned.
  const { sent, seconds: took } = await lab.send({ flows: FEW_FLOWS, rate, seconds: seconds + 1 });
  receiver.stdin.end();
  await once(receiver, 'close');
  const { received, nsPerPacket } = JSON.parse(told.trim().split('\n').at(-1));
  return { offered: sent / took, lost: (sent - received) / sent, nsPerPacket };
}

/**
 * Whole sensors with IPFIX output, at numbers of live flows and rates.
 * @param fillSeconds how long flows are sent at least before anything is measured, so that compilers and first collections are over
 */
export async function sensorCase({ lab, sink, meters, flowCounts, rates, seconds, rounds, fillSeconds }) {
  const table = new Table(['live flows', 'offered packets/s', 'meter', 'lost', 'CPU ns/packet', 'of softflowd']);
  const targets = [];
  for (const flows of flowCounts) {
    const runs = new Map();
    for (let round = 0; round < rounds; round++) {
      for (const name of meters) await sensorRuns({ lab, sink, name, flows, rates, seconds, fillSeconds }, runs);
    }
    for (const rate of rates) {
      const costOf = (name) => cpu(runs.get(`${name} ${rate}`) ?? []);
      for (const name of meters) {
        const these = runs.get(`${name} ${rate}`);
        if (these === undefined) continue;
        const ratio = costOf(name) / costOf('softflowd');
        const live = Math.min(...these.map((run) => run.flows));
        table.row(whole(live), offered(these), name, lost(these), Math.round(cpu(these)), fraction(ratio));
      }
      const at = `${whole(flows)} flows, ${rateText(rate)}`;
      const most = flows > 100_000 ? 1 / 6 : 1 / 3;
      targets.push(
        ...target(`weir afpacket against softflowd, ${at}`, costOf('weir afpacket') / costOf('softflowd'), most),
      );
      targets.push(
        ...target(`weir afpacket against weir libpcap, ${at}`, costOf('weir afpacket') / costOf('weir libpcap'), 0.85),
      );
      if (flows <= 100_000)
        targets.push(
          ...target(
            `weir afpacket, part lost, ${at}`,
            median(runs.get(`weir afpacket ${rate}`)?.map((run) => run.lost) ?? []),
            0,
          ),
        );
    }
  }
  return targets;
}

/** One meter, started anew, its flows filled, at all rates; adds to `runs`. */
async function sensorRuns({ lab, sink, name, flows, rates, seconds, fillSeconds }, runs) {
  const meter = await startMeter(name, { folder: lab.folder, port: sink.port });
  try {
    const filled = await fill({ lab, meter, flows, fillSeconds });
    if (filled < flows * FILLED_SHARE) {
      console.log(`${name} is left out: of ${whole(flows)} flows that were sent it holds ${whole(filled)}`);
      return;
    }
    for (const rate of rates) {
      const [before, cpuBefore] = [await settled(meter), meter.cpuNs()];
      // Every flow has its packet.
      const longest = rate === 0 ? seconds : Math.max(seconds, (1.05 * flows) / rate);
      const { sent, seconds: took } = await lab.send({ flows, rate, seconds: longest });
      const [after, cpuAfter] = [await settled(meter), meter.cpuNs()];
      const received = after.received - before.received;
      const run = {
        offered: sent / took,
        lost: (sent - received) / sent,
        nsPerPacket: (cpuAfter - cpuBefore) / received,
        flows: after.flows,
      };
      runs.set(`${name} ${rate}`, [...(runs.get(`${name} ${rate}`) ?? []), run]);
    }
  } finally {
    await meter.end();
  }
}

/** Sends until the meter has the flows, or has had its chances; how many it has. */
async function fill({ lab, meter, flows, fillSeconds }) {
  let held = 0;
  for (let n = 0; n < FILLS; n++) {
    await lab.send({ flows, rate: FILL_RATE, seconds: Math.max(fillSeconds, (1.2 * flows) / FILL_RATE) });
    held = (await settled(meter)).flows;
    if (held >= flows * FILLED_SHARE) break;
  }
  return held;
}

/** The meter's counts when they do not change any more. */
async function settled(meter) {
  for (let before = await meter.counts(); ;) {
    await sleep(SETTLE_MS);
    const now = await meter.counts();
    if (now.received === before.received) return now;
    before = now;
  }
}

/** Two workers: how the load is shared out, and whether a flow is split; both directions and fragments are sent. */
export async function fanoutCase({ lab, sink, seconds, rates }) {
  const table = new Table(['offered packets/s', 'lost', 'worker 0', 'worker 1', 'flows sent', 'flows metered']);
  const targets = [];
  for (const rate of rates) {
    const meter = await startMeter('weir afpacket', { folder: lab.folder, port: sink.port, workers: 2 });
    try {
      const { sent, seconds: took } = await lab.send({ flows: FEW_FLOWS, rate, seconds, isMixed: true });
      await settled(meter);
      const { ledger, workers } = await meter.status();
      const { received } = ledger.packets;
      const shares = workers.map(({ packets }) => packets / received);
      const run = { offered: sent / took, lost: (sent - received) / sent };
      const { created } = ledger.flows;
      table.row(offered([run]), lost([run]), ...shares.map(percent), whole(FEW_FLOWS), whole(created));
      targets.push(...target(`flows of two workers for each flow sent, ${rateText(rate)}`, created / FEW_FLOWS, 1));
      targets.push(...target(`larger share of two workers, ${rateText(rate)}`, Math.max(...shares), 0.6));
    } finally {
      await meter.end();
    }
  }
  return targets;
}

/** A table in Markdown, printed row by row. */
class Table {
  constructor(columns) {
    console.log(`\n| ${columns.join(' | ')} |\n|${columns.map(() => ' --- ').join('|')}|`);
  }

  row(...cells) {
    console.log(`| ${cells.join(' | ')} |`);
  }
}

async function repeated(rounds, run) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await run());
  return runs;
}

/** @returns {Target[]} none when there was nothing to compare with */
function target(text, ratio, most) {
  return Number.isFinite(ratio) ? [{ text, ratio, most }] : [];
}

const cpu = (runs) => median(runs.map(({ nsPerPacket }) => nsPerPacket));
const offered = (runs) => whole(median(runs.map((run) => run.offered)));
const lost = (runs) => percent(median(runs.map((run) => run.lost)));
const percent = (part) => `${(100 * part).toFixed(2)} %`;
const fraction = (ratio) => (Number.isFinite(ratio) ? ratio.toFixed(2) : '');
const whole = (number) => Math.round(number).toLocaleString('en-US');
const rateText = (rate) => (rate === 0 ? 'top speed' : `${whole(rate)} packets/s`);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
