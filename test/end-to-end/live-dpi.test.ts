import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { ControlClient } from '../../src/observe/control-client.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import { type JsonRecord, parseJsonLines } from '../support/canonical.js';
import { bundled, temporaryFolder, weir } from '../support/run-weir.js';
import { startLive, until } from '../support/running-program.js';

/** Deep packet inspection of a running sensor. Packets come through a pipe. */

const CAPTURE = bundled('demo.pcap');
const ENDLESS = ['--idle-timeout', '366d', '--active-timeout', '366d', '--no-interface-in-key'];

function byFlowId(records: readonly JsonRecord[]): JsonRecord[] {
  return [...records].sort((a, b) => Number(a.flowId) - Number(b.flowId));
}

describe('weir live --dpi', () => {
  it('gives the labels and metadata that a replay of the same packets gives', async () => {
    const replay = await weir(['replay', '--dpi', ...ENDLESS, '-o', '-', '--stats', 'none', CAPTURE]);
    expect(replay.exitCode).toBe(0);
    const live = await startLive(['-i', '-', '--dpi', ...ENDLESS, '-o', '-', '--stats', 'json']);
    live.child.stdin?.end(fs.readFileSync(CAPTURE));
    const { exitCode, stdout, stderr } = await live.ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const records = byFlowId(parseJsonLines(stdout));
    expect(records).toEqual(byFlowId(parseJsonLines(replay.stdout)));
    const names = new Set(records.map(({ applicationName }) => applicationName));
    expect([...names]).toEqual(expect.arrayContaining(['dns', 'tls', 'http']));
    expect(records.some(({ tls }) => tls !== undefined)).toBe(true);
    expect(records.some(({ dns }) => dns !== undefined)).toBe(true);
  });

  it('shows the labels of live flows', async () => {
    const folder = temporaryFolder();
    const socket = path.join(folder, 'weir.sock');
    const file = path.join(folder, 'flows.jsonl');
    const words = ['-i', '-', '--dpi', '--dpi-memory', '64MiB', ...ENDLESS, '-o', file, '--socket', socket];
    const live = await startLive(words);
    live.child.stdin?.write(fs.readFileSync(CAPTURE));
    const client = await ControlClient.connect(socket);
    await until('all packets are metered', async () => {
      const { ledger } = (await client.ask('status')) as LiveStatus;
      return ledger.packets.received === 769;
    });
    client.close();
    const { exitCode, stdout } = await weir(['ctl', 'flows', '--socket', socket]);
    expect(exitCode).toBe(0);
    const labelled = parseJsonLines(stdout).filter(({ applicationName }) => applicationName !== undefined);
    expect(labelled.length).toBeGreaterThan(0);
    expect((await live.end()).exitCode).toBe(0);
    // What was known of a live flow is in its record at the end.
    const ended = new Map(parseJsonLines(fs.readFileSync(file, 'utf8')).map((record) => [record.flowId, record]));
    for (const { flowId, applicationName } of labelled) expect(ended.get(flowId)).toMatchObject({ applicationName });
  });
});
