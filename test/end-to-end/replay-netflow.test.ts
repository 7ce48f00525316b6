import dgram from 'node:dgram';
import { once } from 'node:events';

import { expect, it, onTestFinished } from 'vitest';

import { Netflow9Reader, readNetflow5 } from '../support/netflow-reader.js';
import { bundled, weir } from '../support/run-weir.js';

/** NetFlow from the command line to a socket. */

interface Listener {
  readonly port: number;
  readonly messages: Buffer[];
}

async function listen(): Promise<Listener> {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  const messages: Buffer[] = [];
  socket.on('message', (message) => messages.push(message));
  await once(socket, 'listening');
  return { port: socket.address().port, messages };
}

/** The day of demo.pcap. */
const [FIRST_MS, LAST_MS] = [Date.UTC(2026, 0, 15), Date.UTC(2026, 0, 16)];

it('replays a capture as NetFlow v9: Templates first, then every flow at its time, then options', async () => {
  const { port, messages } = await listen();
  const { exitCode, stderr } = await weir([
    'replay',
    bundled('demo.pcap'),
    '-o',
    `netflow9+udp://127.0.0.1:${port}?domain=77`,
  ]);
  expect(exitCode, stderr).toBe(0);
  const reader = new Netflow9Reader();
  const read = messages.map((message) => reader.read(message));
  expect(read.map(({ header }) => header.sequence)).toEqual(read.map((_, n) => n));
  expect(new Set(read.map(({ header }) => header.source))).toEqual(new Set([77]));
  const records = read.flatMap((message) => message.records);
  const flows = records.filter(({ isOptions }) => !isOptions);
  expect(flows.length).toBe(449);
  expect(records.filter(({ isOptions }) => isOptions).map(({ values }) => values.get(42)?.readUInt32BE(0))).toEqual([
    449,
  ]);
  for (const { header, values } of flows) {
    const startMs = header.seconds * 1000 - header.uptimeMs + (values.get(22)?.readUInt32BE(0) ?? NaN);
    expect(startMs).toBeGreaterThan(FIRST_MS);
    expect(startMs).toBeLessThan(LAST_MS);
  }
});

it('replays a capture as NetFlow v5, and tells how many flows do not fit', async () => {
  const { port, messages } = await listen();
  const run = ['replay', bundled('demo.pcap'), '-o', `netflow5+udp://127.0.0.1:${port}?domain=259`, '--stats', 'json'];
  const { exitCode, stdout, stderr } = await weir(run);
  expect(exitCode, stderr).toBe(0);
  const read = messages.map(readNetflow5);
  expect(read.flatMap(({ records }) => records).length).toBe(439);
  let sequence = 0;
  for (const { header } of read) {
    expect([header.sequence, header.source]).toEqual([sequence, 0x0103]);
    sequence += header.count;
  }
  expect(`${stdout}${stderr}`).toMatch(/"unsupported": ?10\b/);
});

it('refuses NetFlow where it cannot go, and fields that it does not have', async () => {
  const file = await weir(['replay', bundled('demo.pcap'), '-o', 'netflow9+file:flows.dat']);
  expect([file.exitCode, file.stderr]).toEqual([2, expect.stringContaining('netflow9')]);
  const fields = await weir(['replay', bundled('demo.pcap'), '-o', 'netflow9+udp://127.0.0.1:9?fields=flowId']);
  expect([fields.exitCode, fields.stderr]).toEqual([2, expect.stringContaining('no field type')]);
});
