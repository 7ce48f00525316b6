import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { hasNats, hasRedis, NatsServer, RedisServer, type Stored } from '../support/brokers.js';
import { bundled, temporaryFolder, weir } from '../support/run-weir.js';

const CAPTURE = bundled('demo.pcap');

/** What a replay writes into a file, line by line, and into a stream at the same time. */
async function replay(uri: string): Promise<string[]> {
  const file = path.join(temporaryFolder(), 'flows.jsonl');
  const { exitCode, stderr } = await weir(['replay', CAPTURE, '-o', file, '-o', uri]);
  expect(exitCode, stderr).toBe(0);
  return linesOf(fs.readFileSync(file, 'utf8'));
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

function allLines(stored: readonly Stored[]): string[] {
  return stored.flatMap(({ data }) => linesOf(data));
}

describe('weir replay', () => {
  it.skipIf(!hasNats)('stores in NATS what it writes into a file', async () => {
    const server = await NatsServer.start();
    const lines = await replay(`json+nats://127.0.0.1:${server.port}/weir.flows?create&max-length=1000`);
    expect(lines.length).toBeGreaterThan(5);
    expect(allLines(await server.read('weir.flows'))).toEqual(lines);
  });

  it.skipIf(!hasRedis)('stores in Redis what it writes into a file', async () => {
    const server = await RedisServer.start();
    const lines = await replay(`redis://127.0.0.1:${server.port}/flows?max-length=1000`);
    expect(allLines(await server.read('flows'))).toEqual(lines);
  });

  it.skipIf(!hasRedis)('goes on with the next server of a list', async () => {
    const [first, second] = [await RedisServer.start(), await RedisServer.start()];
    await first.kill();
    const lines = await replay(`redis://127.0.0.1:${first.port}/flows|redis://127.0.0.1:${second.port}/flows`);
    expect(allLines(await second.read('flows'))).toEqual(lines);
  });

  it('refuses limits for a stream that it does not make', async () => {
    const { exitCode, stderr } = await weir(['replay', CAPTURE, '-o', 'nats://127.0.0.1/weir.flows?max-length=10']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('option max-length: expected create as well');
  });
});
