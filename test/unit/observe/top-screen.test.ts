import { expect, it } from 'vitest';

import { rate, topScreen } from '../../../src/observe/top-screen.js';
import type { LiveStatus, TopStatus } from '../../../src/observe/live-status.js';

function status(second: number): LiveStatus {
  const lost = { flows: 0, packets: 0, octets: 0 };
  return {
    version: '1.2.3',
    pid: 42,
    state: 'running',
    startedSeconds: 0,
    uptimeSeconds: 100_000 + second,
    interfaces: [
      {
        name: 'eth1',
        ifIndex: 2,
        number: 2,
        backend: 'afpacket',
        up: false,
        received: 5_000 * second,
        droppedByKernel: 7,
        droppedByInterface: 0,
        countsDrops: true,
        freezes: 0,
      },
    ],
    ledger: {
      packets: { received: 5_000 * second, metered: 0, ignored: {}, ignoredTotal: 3, live: 0 },
      octetsMetered: 0,
      flows: { created: 20 * second, exported: 1, notSent: 0, live: 12, peak: 12, endReasons: { lackOfResources: 4 } },
      fragments: { portsUnknown: 0, tableOverflow: 0 },
      undecodedTunnels: 0,
      oddTimestamps: 0,
      notIpByEtherType: {},
      balanced: true,
    },
    droppedByKernel: 7,
    droppedByInterface: 0,
    notSent: { handOverFull: lost, noOutput: lost },
    maxFlows: 1_000,
    workers: [
      {
        worker: 0,
        packets: 0,
        flows: 0,
        busySeconds: 0.5 * second,
        timeoutLatenessSeconds: 0.25,
        secondsSinceSign: 0,
        handOverFullness: 0,
        clockSteps: 0,
        heapOctets: 5 * 2 ** 20,
      },
    ],
    outputs: [],
    timerLatenessSeconds: 0,
    memoryOctets: 100 * 2 ** 20,
    heapOctets: 9 * 2 ** 20,
  };
}

const TOP: TopStatus = {
  status: status(2),
  seconds: 2,
  talkers: Array.from({ length: 50 }, (_, n) => ({ name: `10.0.0.${n}`, octets: 1_000_000 - n, packets: n })),
  services: [{ name: 'tcp/443', octets: 500_000, packets: 10 }],
  applications: null,
};
const VIEW = { columns: 100, rows: 24, sort: 'octets', isStyled: false } as const;

it('shows rates between two looks, and totals', () => {
  const text = topScreen(TOP, status(0), VIEW).join('\n');
  expect(text).toMatch(/^weir 1\.2\.3 {2}running 1d 03:46:42 {2}pid 42 {2}100 MiB/);
  expect(text).toMatch(/^packets {2}5\.0 k\/s {2}received 10,000 {2}ignored 3 {2}dropped 7 \(0\.0\/s\)$/m);
  expect(text).toMatch(/^flows +20\/s {2}live 12 of 1,000 {2}exported 1 {2}evicted 4 {2}not sent 0$/m);
  expect(text).toMatch(/busy 50 % {2}timeouts late by 0\.25 s {2}ledger balances/);
  expect(text).toMatch(/^eth1 \(down\) +5\.0 k +10,000 +7 +0$/m);
  expect(text).toMatch(/^10\.0\.0\.0 +4\.0 M +0\.0 +tcp\/443 +2\.0 M +5\.0$/m);
});

it.each([
  [100, 24],
  [80, 25],
  [200, 60],
  [40, 10],
  [20, 3],
])('fits a terminal of %d × %d, in whatever style', (columns, rows) => {
  for (const isStyled of [false, true]) {
    const lines = topScreen(TOP, status(0), { ...VIEW, columns, rows, isStyled });
    expect(lines.length).toBeLessThanOrEqual(rows);
    // eslint-disable-next-line no-control-regex
    for (const line of lines) expect(line.replaceAll(/\x1b\[\d+m/g, '').length).toBeLessThanOrEqual(columns);
  }
});

it('shows applications below services when packets are inspected', () => {
  const list = (name: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ name: `${name}${n}`, octets: 1_000 - n, packets: 1 }));
  const screen = (services: number, rows: number): string[] => {
    const top = { ...TOP, services: list('tcp/', services), applications: list('app', 30) };
    return topScreen(top, status(0), { ...VIEW, rows }).map((line) => line.slice(51));
  };
  const few = screen(2, 40);
  const title = few.findIndex((line) => line.startsWith('APPLICATION'));
  expect(few.slice(title - 3, title - 1).map((line) => line.split(' ')[0])).toEqual(['tcp/0', 'tcp/1']);
  expect(few.slice(title + 1).every((line) => line.startsWith('app'))).toBe(true);
  expect(few).toHaveLength(40);
  // Half and half when there is not room for all.
  const many = screen(30, 30);
  const count = (name: string): number => many.filter((line) => line.startsWith(name)).length;
  expect(Math.abs(count('tcp/') - count('app'))).toBeLessThanOrEqual(1);
  expect(screen(30, 12).join('')).not.toContain('APPLICATION');
});

it('sorts by packets on request', () => {
  const lines = topScreen(TOP, status(0), { ...VIEW, sort: 'packets' });
  const first = lines[lines.findIndex((line) => line.startsWith('TALKER')) + 1];
  expect(first).toMatch(/^10\.0\.0\.49 /);
});

it.each([
  [0, 0, 1, '0.0'],
  [95, 0, 10, '9.5'],
  [1_234, 0, 1, '1.2 k'],
  [5e6, 0, 1, '5.0 M'],
  [3e9, 0, 1, '3.0 G'],
  [5, 10, 1, '0.0'],
  [5, undefined, 1, '-'],
  [5, 0, 0, '-'],
])('%d after %s in %d s is %s', (value, before, seconds, text) => {
  expect(rate(value, before, seconds)).toBe(text);
});
