import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { LiveStatus } from '../../src/observe/live-status.js';
import { type CanonicalFlow, canonicalFlow, parseJsonLines, replayInProcess } from '../support/canonical.js';
import { compareFlows, describeDifference } from '../support/compare-records.js';
import { isUsable } from '../support/live.js';
import {
  buildLab,
  inside,
  type Lab,
  labMissing,
  programsMissing,
  sendDatagrams,
  SENSOR_ADDRESS,
  skipReason,
} from '../support/network-lab.js';
import { bundled, temporaryFolder } from '../support/run-weir.js';
import { type ProgramEnd, RunningProgram, startLive, until } from '../support/running-program.js';

/** The sensor on a real wire, beside tcpdump: what it exports is what a replay of tcpdump's capture gives. */
const missing = labMissing ?? programsMissing('tcpdump', 'tcpreplay', 'ping', 'curl', 'python3', 'taskset');
const isSkipped = skipReason('live traffic', missing);

/** On several processors two packets can reach one packet socket in one order, and the other in the other. */
const ONE_PROCESSOR = ['taskset', '-c', '0'];

/** A name, and words for the command line. */
type Variant = readonly [name: string, options: readonly string[]];

const ONE_WORKER: Variant = ['one worker', []];
const TWO_WORKERS: Variant = ['two workers', ['--workers', '2']];
const LIBPCAP: Variant = ['libpcap', ['--capture', 'libpcap']];
/** Optional back-ends that are here. */
const PACKAGES: readonly Variant[] = ['pcap', 'cap']
  .filter((name) => !isSkipped && isUsable(name))
  .map((name) => [`the package ${name}`, ['--capture', name]] as const);

interface Watched {
  readonly end: ProgramEnd;
  /** Difference between the live records and those of the capture; null when there is none. */
  readonly difference: string | null;
  /** The most that times in them are apart, µs. */
  readonly apartUs: number;
  readonly flows: number;
}

/** Lets the sensor and tcpdump watch while `traffic` runs; compares what they saw. */
async function watch(options: readonly string[], traffic: (lab: Lab) => Promise<void>): Promise<Watched> {
  const lab = buildLab();
  const folder = temporaryFolder();
  const [records, capture] = ['live.jsonl', 'beside.pcap'].map((name) => path.join(folder, name));
  const beside = new RunningProgram('ip', [
    ...['netns', 'exec', lab.sensor],
    ...['tcpdump', '-i', lab.link, '-U', '--immediate-mode', '-n', '-s', '2048', '-w', capture],
  ]);
  await beside.says(/listening on/);
  const live = await startLive(
    [
      '-i',
      lab.link,
      '-o',
      records,
      '--time',
      'us',
      '--socket',
      path.join(folder, 'socket'),
      '--stats',
      'json',
      ...options,
    ],
    lab.sensor,
  );
  await traffic(lab);
  const end = await live.end();
  // Only what both have seen can be compared: nothing is sent any more.
  await beside.end('SIGINT');
  const replayed = await replayInProcess([capture]);
  const actual = parseJsonLines(fs.readFileSync(records, 'utf8'));
  const [expected, got] = [replayed.records, actual].map((list) => list.map(canonicalFlow));
  const difference = compareFlows(expected.map(withoutTimes), got.map(withoutTimes));
  return {
    end,
    difference: difference === null ? null : describeDifference(difference),
    apartUs: difference === null ? timesApart(expected, got) : Infinity,
    flows: actual.length,
  };
}

const TIMES = ['start_us', 'end_us', 'rstart_us'];
/** Each packet socket reads the clock for itself, and may be interrupted before it does. */
const MOST_APART_US = 10_000;
/** The package cap stamps packets when it has them, however late the machine lets it. */
const mostApartUs = (options: readonly string[]): number => (options.includes('cap') ? Infinity : MOST_APART_US);

function withoutTimes(flow: CanonicalFlow): CanonicalFlow {
  return Object.fromEntries(Object.entries(flow).filter(([name]) => !TIMES.includes(name)));
}

/** The most that a time of a flow is apart in two lists that differ in nothing else. */
function timesApart(expected: readonly CanonicalFlow[], actual: readonly CanonicalFlow[]): number {
  const key = (flow: CanonicalFlow): string => JSON.stringify(Object.entries(withoutTimes(flow)).sort());
  const sorted = (list: readonly CanonicalFlow[]): CanonicalFlow[] =>
    [...list].sort((a, b) => key(a).localeCompare(key(b)) || Number(a.start_us) - Number(b.start_us));
  const [a, b] = [sorted(expected), sorted(actual)];
  return Math.max(
    ...a.flatMap((flow, n) => TIMES.map((name) => Math.abs(Number(flow[name] ?? 0) - Number(b[n][name] ?? 0)))),
  );
}

/** The ledger that the sensor told at its end. */
function statusOf({ stderr }: ProgramEnd): LiveStatus {
  return JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}') as LiveStatus;
}

describe.skipIf(isSkipped)('live records equal those of a replay of the same packets', () => {
  it.each([ONE_WORKER, ...PACKAGES])('ping, HTTP, datagrams, %s', async (_, options) => {
    const { end, difference, apartUs, flows } = await watch(options, async (lab) => {
      inside(lab.peer, ...ONE_PROCESSOR, 'ping', '-c', '3', '-i', '0.2', SENSOR_ADDRESS);
      const server = new RunningProgram('ip', [
        ...[
          'netns',
          'exec',
          lab.sensor,
          ...ONE_PROCESSOR,
          'python3',
          '-u',
          '-m',
          'http.server',
          '--bind',
          SENSOR_ADDRESS,
          '8080',
        ],
      ]);
      await until('the server listens', () => /Serving HTTP/.test(server.stdout));
      for (let n = 0; n < 5; n++)
        inside(lab.peer, ...ONE_PROCESSOR, 'curl', '-s', '-o', '/dev/null', `http://${SENSOR_ADDRESS}:8080/`);
      await server.end();
      sendDatagrams(lab, 5_353, 53, 20);
    });
    expect(difference).toBeNull();
    expect(apartUs).toBeLessThanOrEqual(mostApartUs(options));
    // Echo request and reply, five connections, datagrams and what says that nobody listens.
    expect(flows).toBeGreaterThanOrEqual(8);
    expect(end).toMatchObject({ exitCode: 0, signal: null });
    const { ledger, droppedByKernel } = statusOf(end);
    expect({ balanced: ledger.balanced, live: ledger.packets.live, droppedByKernel }).toEqual({
      balanced: true,
      live: 0,
      droppedByKernel: 0,
    });
  });

  it.each([ONE_WORKER, TWO_WORKERS, LIBPCAP, ...PACKAGES])('captures that are sent again, %s', async (_, options) => {
    const { end, difference, apartUs, flows } = await watch([...options, '--idle-timeout', '30s'], async (lab) => {
      for (const name of ['demo.pcap', 'vlan.pcap', 'http.pcap', 'ipv6.pcap', 'gre.pcap']) {
        inside(lab.peer, 'tcpreplay', '-q', '--pps', '5000', '-i', lab.peerLink, bundled(name));
      }
    });
    expect(difference).toBeNull();
    expect(apartUs).toBeLessThanOrEqual(mostApartUs(options));
    expect(flows).toBeGreaterThan(200);
    const { ledger, workers, interfaces } = statusOf(end);
    expect(ledger.balanced).toBe(true);
    expect(interfaces[0].received).toBe(ledger.packets.received);
    if (options.includes('2')) for (const { packets } of workers) expect(packets).toBeGreaterThan(0);
    expect(end.exitCode).toBe(0);
  });
});
