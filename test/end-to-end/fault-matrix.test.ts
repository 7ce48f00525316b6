import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TlsOptions } from 'node:tls';

import { describe, expect, it, onTestFinished } from 'vitest';

import { hasNats, hasRedis, NatsServer, RedisServer } from '../support/brokers.js';
import { makeAuthority, makeCertificate } from '../support/certificates.js';
import { DatagramSink } from '../support/datagram-sink.js';
import { FedReplay } from '../support/fed-replay.js';
import { hasProgram } from '../support/programs.js';
import { generatedTrace, temporaryFolder } from '../support/run-weir.js';
import { until } from '../support/running-program.js';
import { StreamSink } from '../support/stream-sink.js';

/**
 * What goes wrong, with each kind of output. Whatever it is: the file beside it has every record, the output accounts for each,
 * the ledger balances, the log names the output, and the exit code is 1.
 */

/** The other side of an output. */
interface Peer {
  readonly uri: string;
  readonly hasRecords: () => boolean | Promise<boolean>;
  readonly kill: () => Promise<void>;
}

const SUBJECT = 'weir.flows';
const KEY = 'weir';

async function stream(scheme: string, query = '', tls: TlsOptions | null = null): Promise<Peer> {
  const sink = await StreamSink.start(tls);
  onTestFinished(() => sink.kill());
  const uri = `${scheme}://127.0.0.1:${sink.port}${query}`;
  return { uri, hasRecords: () => sink.octets > 10_000, kill: () => sink.kill() };
}

async function encryptedStream(): Promise<Peer> {
  const folder = temporaryFolder();
  const authority = makeAuthority(folder, 'authority');
  const { cert, key } = makeCertificate(folder, 'collector', authority);
  const options = { cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
  return stream('ipfix+tls', `?ca=${authority.cert}`, options);
}

async function datagrams(scheme: string): Promise<Peer> {
  const sink = await DatagramSink.start();
  onTestFinished(() => sink.stop());
  const uri = `${scheme}://127.0.0.1:${sink.port}`;
  return { uri, hasRecords: () => sink.datagrams.length > 10, kill: () => sink.stop() };
}

async function nats(): Promise<Peer> {
  const server = await NatsServer.start();
  const hasRecords = async (): Promise<boolean> => {
    // Until weir has made it there is no stream to read.
    const stored = await server.read(SUBJECT).catch(() => []);
    return stored.length > 0;
  };
  return { uri: `nats://127.0.0.1:${server.port}/${SUBJECT}?create`, hasRecords, kill: () => server.kill() };
}

async function redis(): Promise<Peer> {
  const server = await RedisServer.start();
  const hasRecords = async (): Promise<boolean> => (await server.length(KEY)) > 0;
  return { uri: `redis://127.0.0.1:${server.port}/${KEY}`, hasRecords, kill: () => server.kill() };
}

const hasOpenssl = hasProgram('openssl', ['version'], 'faults of TLS');
const PEERS: readonly (() => Promise<Peer>)[] = [
  () => stream('ipfix+tcp'),
  ...(hasOpenssl ? [encryptedStream] : []),
  () => datagrams('ipfix+udp'),
  () => datagrams('netflow9+udp'),
  () => stream('json+tcp'),
  ...(hasNats ? [nats] : []),
  ...(hasRedis ? [redis] : []),
];

/** A replay into a file that nothing happens to, and into an output; the rest of the capture waits. */
function begin(trace: string, output: string, before: readonly string[] = []): FedReplay {
  const folder = temporaryFolder();
  fs.chmodSync(folder, 0o777);
  const replay = new FedReplay(trace, ['-o', path.join(folder, 'sound.jsonl'), '-o', output], { before });
  replay.feed(0.3);
  return replay;
}

/** Feeds it the rest, and looks at its account. Returns how many records the output has exported. */
async function expectAccounted(replay: FedReplay, output: string): Promise<number> {
  const { exitCode, stderr, statistics } = await replay.end();
  const { outputs, ledger } = statistics;
  const [sound, troubled] = outputs;
  const { created } = ledger.flows;
  expect(exitCode, stderr).toBe(1);
  expect(created).toBeGreaterThan(1_000);
  expect(ledger.balanced, output).toBe(true);
  expect(sound, output).toMatchObject({ records: created, notSent: 0, fault: null, balanced: true });
  const { offered, exported, notSent, queuedRecords, spooledRecords, errors } = troubled.counts;
  expect([queuedRecords, spooledRecords], output).toEqual([0, 0]);
  expect(offered, output).toBeGreaterThanOrEqual(created);
  expect(notSent.failed, output).toBeGreaterThan(0);
  expect(exported + notSent.failed, output).toBe(offered);
  expect(errors, output).toBeGreaterThan(0);
  expect(troubled.fault, output).not.toBeNull();
  // Of names that weir makes it tells the one that it has made.
  expect(stderr).toContain(`weir replay: ${output.split(/[%?]/)[0]}`);
  return exported;
}

const PACKETS = 20_000;
const PATIENCE_MS = 180_000;

describe('each kind of output over the network', { timeout: PATIENCE_MS }, () => {
  it('whose peer is dead from the start', async () => {
    const trace = await generatedTrace('flows-10k', PACKETS);
    const peers = await Promise.all(PEERS.map((start) => start()));
    await Promise.all(peers.map((peer) => peer.kill()));
    const accounts = peers.map(async ({ uri }) => {
      // Datagrams leave before anybody can tell that they are lost.
      const exported = await expectAccounted(begin(trace, uri), uri);
      if (!uri.includes('+udp')) expect(exported, uri).toBe(0);
    });
    await Promise.all(accounts);
  });

  it('whose peer is killed midway', async () => {
    const trace = await generatedTrace('flows-10k', PACKETS);
    const peers = await Promise.all(PEERS.map((start) => start()));
    const accounts = peers.map(async ({ uri, hasRecords, kill }) => {
      const replay = begin(trace, uri);
      await until(`${uri} has records`, hasRecords);
      await kill();
      await expectAccounted(replay, uri);
    });
    await Promise.all(accounts);
  });
});

/** What becomes of a folder while files in it are written. */
const LOSSES: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
  ['has gone', (folder) => fs.rmSync(folder, { recursive: true }), /was removed while it was written/],
  ['may not be looked into any more', (folder) => fs.chmodSync(folder, 0), /cannot look at: permission denied/],
];
const FILES = ['x.ipfix', 'x.jsonl', 'x.csv.gz', 'x.jsonl.zst', '%i.ipfix?rotate=1d', 'locked.csv?lock'];

/** Root may do everything: then the program runs as somebody else. */
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];
const canBecome = !isRoot || spawnSync('setpriv', [...asNobody.slice(1), process.execPath, '--version']).status === 0;
if (!canBecome) console.log('skipped: folders without permission want setpriv, since root may do everything');

describe('each kind of file', { timeout: PATIENCE_MS }, () => {
  it.skipIf(!canBecome).each(LOSSES)('whose folder %s', async (_, lose, fault) => {
    const trace = await generatedTrace('flows-10k', PACKETS);
    fs.chmodSync(trace, 0o644);
    fs.chmodSync(path.dirname(trace), 0o755);
    const accounts = FILES.map(async (name) => {
      const parent = temporaryFolder();
      fs.chmodSync(parent, 0o777);
      const folder = path.join(parent, 'in');
      fs.mkdirSync(folder);
      fs.chmodSync(folder, 0o777);
      const output = path.join(folder, name);
      const replay = begin(trace, output, asNobody);
      // Its lock comes first.
      await until(`${output} is written`, () => fs.readdirSync(folder).some((name) => !name.endsWith('.lock')));
      lose(folder);
      await replay.program.says(fault);
      await expectAccounted(replay, output);
    });
    await Promise.all(accounts);
  });
});
