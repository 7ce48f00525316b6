import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { ControlClient } from '../../src/observe/control-client.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import { bundled, temporaryFolder } from '../support/run-weir.js';
import { type RunningProgram, startLive, until } from '../support/running-program.js';

/** What `weir ctl` has the outputs of a running sensor do. Packets come through a pipe. */

const PACKETS = 769;

async function fed(socket: string, words: readonly string[]): Promise<{ live: RunningProgram; client: ControlClient }> {
  const live = await startLive(['-i', '-', '--socket', socket, ...words]);
  live.child.stdin?.write(fs.readFileSync(bundled('demo.pcap')));
  const client = await ControlClient.connect(socket);
  await until('all packets are metered', async () => (await status(client)).ledger.packets.received === PACKETS);
  return { live, client };
}

async function status(client: ControlClient): Promise<LiveStatus> {
  return (await client.ask('status')) as LiveStatus;
}

describe('weir ctl rotate', () => {
  it('ends files and begins the next, behind a filter and in a group as well, and loses no record', async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => path.join(folder, name);
    const outputs = [at('all.jsonl'), `${at('tcp.csv')}?filter=tcp`, `${at('a.jsonl')}|${at('b.jsonl')}`];
    const endless = ['--idle-timeout', '366d', '--active-timeout', '366d'];
    const words = outputs.flatMap((output) => ['-o', output]);
    const { live, client } = await fed(at('weir.sock'), [...endless, ...words]);
    expect(await client.ask('rotate')).toEqual({ outputs });
    await client.ask('flush');
    const { ledger } = await status(client);
    client.close();
    expect(await live.end()).toMatchObject({ exitCode: 0 });
    const lines = (name: string): number => fs.readFileSync(at(name), 'utf8').split('\n').length - 1;
    for (const name of ['all-1.jsonl', 'tcp-1.csv', 'a-1.jsonl']) expect(lines(name)).toBeGreaterThan(0);
    expect(lines('all.jsonl') + lines('all-1.jsonl')).toBe(ledger.flows.created);
  });
});

describe('weir ctl templates', () => {
  it('sends all Templates again to a collector that has them', async () => {
    const folder = temporaryFolder();
    const server = net.createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const output = `ipfix+tcp://127.0.0.1:${port}`;
    const { live, client } = await fed(path.join(folder, 'weir.sock'), [
      '-o',
      output,
      '-o',
      path.join(folder, 'x.csv'),
    ]);
    const templates = async (): Promise<number> => (await status(client)).outputs[0].templateMessages;
    const before = await until('Templates are sent', async () => {
      const { outputs } = await status(client);
      return outputs[0].exported > 0 && outputs[0].templateMessages;
    });
    expect(await client.ask('templates')).toEqual({ outputs: [output] });
    await until('they are sent again', async () => (await templates()) > before);
    client.close();
    expect(await live.end()).toMatchObject({ exitCode: 0 });
    server.close();
  });
});
