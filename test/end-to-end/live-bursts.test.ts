import path from 'node:path';

import { expect, it } from 'vitest';

import { ControlClient } from '../../src/observe/control-client.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import { temporaryFolder } from '../support/run-weir.js';
import { frameOf, PACKET } from '../support/traffic.js';
import { type RunningProgram, startLive, until } from '../support/running-program.js';
import { pcap } from '../unit/capture/capture-builder.js';

/** Flows that end by the hundred thousand at one moment: more than the hand-over holds. Packets come through a pipe. */

const FLOWS = 200_000;
/** What the hand-over holds. */
const HAND_OVER_RECORDS = 65_536;
const FRAME = frameOf({ ...PACKET, protocol: 17 });
const SOURCE_ADDRESS = 26;

/** Flows that differ in their first address, a packet each. */
function capture(): Buffer {
  const seconds = Math.floor(Date.now() / 1_000);
  const records = Array.from({ length: FLOWS }, (_, n) => {
    const data = Uint8Array.from(FRAME);
    new DataView(data.buffer).setUint32(SOURCE_ADDRESS, 0x0a000000 + n);
    return { seconds, subseconds: 0, data };
  });
  return Buffer.from(pcap(records));
}

async function fed(words: readonly string[]): Promise<{ live: RunningProgram; client: ControlClient }> {
  const folder = temporaryFolder();
  const socket = path.join(folder, 'weir.sock');
  const output = path.join(folder, 'flows.ipfix');
  const live = await startLive(['-i', '-', '--socket', socket, '-o', output, '--max-flows', '1000000', ...words]);
  live.child.stdin?.write(capture());
  return { live, client: await ControlClient.connect(socket) };
}

async function status(client: ControlClient): Promise<LiveStatus> {
  return (await client.ask('status')) as LiveStatus;
}

it('exports all flows that go idle at one moment', async () => {
  const { live, client } = await fed(['--idle-timeout', '8s']);
  const { ledger, notSent } = await until('all flows have ended', async () => {
    const now = await status(client);
    const { created, exported } = now.ledger.flows;
    return created === FLOWS && exported + now.notSent.handOverFull.flows === FLOWS && now;
  });
  expect(notSent.handOverFull).toEqual({ flows: 0, packets: 0, octets: 0 });
  expect(ledger.flows.peak).toBeGreaterThan(2 * HAND_OVER_RECORDS);
  client.close();
  expect(await live.end()).toMatchObject({ exitCode: 0 });
});

it('exports all flows that are flushed', async () => {
  const { live, client } = await fed(['--idle-timeout', '366d', '--active-timeout', '366d']);
  await until('all flows are there', async () => (await status(client)).ledger.flows.live === FLOWS);
  expect(await client.ask('flush')).toEqual({ flows: FLOWS });
  const { ledger } = await until('all are handed over', async () => {
    const now = await status(client);
    return now.ledger.flows.exported === FLOWS && now;
  });
  expect(ledger.flows.created).toBe(FLOWS);
  client.close();
  expect(await live.end()).toMatchObject({ exitCode: 0 });
});
