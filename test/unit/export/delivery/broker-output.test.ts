import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  type BrokerOptions,
  createNetworkOutput,
  type NetworkOptions,
} from '../../../../src/export/delivery/network-output.js';
import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { TextMessages } from '../../../../src/export/text/text-messages.js';
import { JSON_LINES } from '../../../../src/export/text/text-style.js';
import { freeTcpPort, hasNats, hasRedis, NatsServer, RedisServer, type Stored } from '../../../support/brokers.js';
import { makeAuthority, makeCertificate } from '../../../support/certificates.js';
import { temporaryFolder } from '../../../support/run-weir.js';
import { until } from '../../../support/stream-sink.js';
import { STATISTICS } from '../statistics.js';
import { expectBalanced, local, type Opened, range, writeFlows } from './network.js';

const FLOWS = 20_000;
const SUBJECT = 'weir.flows';
const SECRET = 'correct-horse';
const PATIENCE_MS = 60_000;

type Kind = 'nats' | 'redis';

/** An output of JSON lines in messages of about a hundred records. */
function open(
  kind: Kind,
  port: number,
  broker: Partial<BrokerOptions> = {},
  more: Partial<NetworkOptions> = {},
): Opened {
  const told: string[] = [];
  const maxMessageOctets = 40_000;
  const place = kind === 'nats' ? SUBJECT : 'weir';
  const output = createNetworkOutput(
    `json+${kind}://127.0.0.1:${port}/${place}`,
    (sink) => new TextMessages(flowFields({ time: 'ms' }), JSON_LINES, { maxMessageOctets }, sink),
    {
      transport: kind,
      peers: [local(port)],
      broker: { place, create: kind === 'nats', maxMessageOctets, ...broker },
      lingerMs: 10_000,
      mayWait: false,
      tell: (message) => told.push(message),
      ...more,
    },
  );
  output.tick(0);
  return { output, told };
}

function flowNumbers(stored: readonly Stored[]): number[] {
  return stored.flatMap(({ data }) =>
    data
      .split('\n')
      .slice(0, -1)
      .map((line) => Number((JSON.parse(line) as { flowId: string | number }).flowId) - 1),
  );
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function once(numbers: readonly number[]): number[] {
  return sorted([...new Set(numbers)]);
}

/** Writes, kills the server under way, writes on, starts it again. */
async function throughARestart({ output }: Opened, server: NatsServer | RedisServer): Promise<void> {
  writeFlows(output, 0, FLOWS);
  await until(() => output.counts().exported > 0, 'some records');
  await server.kill();
  await until(() => !output.isUp, 'the loss to be seen');
  writeFlows(output, FLOWS, FLOWS);
  expectBalanced(output);
  await server.restart();
  writeFlows(output, 2 * FLOWS, FLOWS);
  await output.finish(STATISTICS);
  expectBalanced(output);
  expect(output.error).toBeNull();
  expect(output.counts()).toMatchObject({ offered: 3 * FLOWS, exported: 3 * FLOWS });
  expect(output.counts().reconnects).toBeGreaterThan(0);
}

describe.skipIf(!hasNats)('an output to NATS JetStream', { timeout: PATIENCE_MS }, () => {
  it('stores every record in order, in a stream that it makes', async () => {
    const server = await NatsServer.start();
    const { output, told } = open('nats', server.port);
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    const stored = await server.read(SUBJECT);
    expect(flowNumbers(stored)).toEqual(range(FLOWS));
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
    expect(output.counts()).toMatchObject({
      exported: FLOWS,
      repeated: 0,
      errors: 0,
      messages: stored.length,
      octets: stored.reduce((sum, { data }) => sum + data.length, 0),
    });
    expectBalanced(output);
    expect(told).toEqual([]);
  });

  it('stores every record once when the server is killed and started again', async () => {
    const server = await NatsServer.start();
    const opened = open('nats', server.port);
    await throughARestart(opened, server);
    expect(opened.output.counts().repeated).toBeGreaterThan(0);
    expect(sorted(flowNumbers(await server.read(SUBJECT)))).toEqual(range(3 * FLOWS));
  });

  it('stores what an earlier run has spooled', async () => {
    const server = await NatsServer.start();
    await server.kill();
    const more = { spoolFolder: temporaryFolder(), queueOctets: 200_000 };
    const first = open('nats', server.port, {}, { ...more, lingerMs: 100 });
    writeFlows(first.output, 0, FLOWS);
    await first.output.finish(STATISTICS);
    expect(first.output.counts()).toMatchObject({ exported: 0, spooledRecords: FLOWS });
    expectBalanced(first.output);
    await server.restart();
    const second = open('nats', server.port, {}, more);
    writeFlows(second.output, FLOWS, FLOWS);
    await second.output.finish(STATISTICS);
    expect(flowNumbers(await server.read(SUBJECT))).toEqual(range(2 * FLOWS));
    expect(second.output.counts()).toMatchObject({ exported: 2 * FLOWS, repeated: 0 });
    expectBalanced(second.output);
  });

  it('keeps records of two outputs to one stream apart', async () => {
    const server = await NatsServer.start();
    const outputs = [open('nats', server.port), open('nats', server.port)];
    for (const { output } of outputs) writeFlows(output, 0, 1_000);
    for (const { output } of outputs) await output.finish(STATISTICS);
    expect(flowNumbers(await server.read(SUBJECT))).toHaveLength(2_000);
  });

  it('waits for a stream, and says that there is none', async () => {
    const server = await NatsServer.start();
    const { output, told } = open('nats', server.port, { create: false });
    writeFlows(output, 0, FLOWS);
    await until(() => told.length > 0, 'the fault');
    expect(told[0]).toContain(
      `no JetStream stream takes the subject ${SUBJECT}: make one, or let weir with option create`,
    );
    expect(output.counts()).toMatchObject({ exported: 0 });
    await server.addStream('all', ['weir.>']);
    await output.finish(STATISTICS);
    expect(flowNumbers(await server.read(SUBJECT))).toEqual(range(FLOWS));
    expectBalanced(output);
  });

  it('says that JetStream is off, and that a message is too long', async () => {
    const plain = open('nats', (await NatsServer.startPlain()).port, {}, { lingerMs: 100 });
    writeFlows(plain.output, 0, 10);
    await until(() => plain.told.length > 0, 'the fault');
    await plain.output.finish(STATISTICS);
    expect(plain.told[0]).toMatch(/cannot connect: jetstream is not enabled/i);
    expect(plain.output.counts()).toMatchObject({ exported: 0, notSent: { failed: 10 } });
    expectBalanced(plain.output);

    const folder = temporaryFolder();
    const file = path.join(folder, 'nats.conf');
    fs.writeFileSync(file, 'max_payload: 8192\n');
    const small = open('nats', (await NatsServer.start(['-c', file])).port, {}, { lingerMs: 100 });
    writeFlows(small.output, 0, 10);
    await until(() => small.told.length > 0, 'the fault');
    await small.output.finish(STATISTICS);
    expect(small.told[0]).toContain('the server takes messages of 8192 octets: expected message-size=7936 or less');
  });

  it('tells user and password from a file, and nobody else', async () => {
    const server = await NatsServer.start(['--user', 'sensor', '--pass', SECRET]);
    await expectSecret('nats', server);
    expect(flowNumbers(await server.read(SUBJECT, { user: 'sensor', pass: SECRET }))).toEqual(range(100));
  });

  it('is encrypted, with certificates on both sides', async () => {
    const { ca, server: certificate, client } = certificates();
    const words = ['--tls', '--tlscert', certificate.cert, '--tlskey', certificate.key];
    const server = await NatsServer.start([...words, '--tlscacert', ca, '--tlsverify']);
    await expectEncrypted('nats', server.port, { ca, ...client });
    const pem = { caFile: ca, certFile: client.cert, keyFile: client.key };
    expect(flowNumbers(await server.read(SUBJECT, { tls: pem }))).toEqual(range(100));
  });
});

describe.skipIf(!hasRedis)('an output to Redis Streams', { timeout: PATIENCE_MS }, () => {
  it('stores every record in order', async () => {
    const server = await RedisServer.start();
    const { output, told } = open('redis', server.port);
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    const stored = await server.read('weir');
    expect(flowNumbers(stored)).toEqual(range(FLOWS));
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
    expect(output.counts()).toMatchObject({ exported: FLOWS, repeated: 0, errors: 0, messages: stored.length });
    expectBalanced(output);
    expect(told).toEqual([]);
  });

  it('stores every record when the server is killed and started again, and counts what is there twice', async () => {
    const server = await RedisServer.start();
    const opened = open('redis', server.port);
    await throughARestart(opened, server);
    const stored = await server.read('weir');
    const numbers = flowNumbers(stored);
    expect(once(numbers)).toEqual(range(3 * FLOWS));
    expect(opened.output.counts().repeated).toBeGreaterThanOrEqual(numbers.length - 3 * FLOWS);
    expect(opened.output.counts().repeated).toBeLessThanOrEqual(FLOWS);
    // By their ids, readers know them.
    const different = new Map(stored.map((entry) => [entry.id, entry]));
    expect(sorted(flowNumbers([...different.values()]))).toEqual(range(3 * FLOWS));
  });

  it('stores what was spooled when the server comes', async () => {
    const server = await RedisServer.start();
    await server.kill();
    const { output, told } = open('redis', server.port, {}, { queueOctets: 200_000 });
    writeFlows(output, 0, FLOWS);
    await until(() => told.length > 0, 'the fault');
    expect(output.counts().spooledRecords).toBeGreaterThan(FLOWS / 2);
    await server.restart();
    await output.finish(STATISTICS);
    expect(flowNumbers(await server.read('weir'))).toEqual(range(FLOWS));
    expect(output.counts()).toMatchObject({ exported: FLOWS, repeated: 0 });
    expectBalanced(output);
  });

  it('says what was lost when the server never comes', async () => {
    const port = await freeTcpPort();
    const { output, told } = open('redis', port, {}, { queueOctets: 200_000, lingerMs: 100 });
    writeFlows(output, 0, FLOWS);
    await until(() => told.length > 0, 'the fault');
    expect(told[0]).toBe(`${output.name}: cannot connect: connection refused (ECONNREFUSED)`);
    expect(output.counts().spooledRecords).toBeGreaterThan(FLOWS / 2);
    expectBalanced(output);
    await output.finish(STATISTICS);
    expectBalanced(output);
    expect(output.counts()).toMatchObject({ exported: 0, notSent: { failed: FLOWS } });
  });

  it('keeps about as many entries as it is told', async () => {
    const server = await RedisServer.start(['--stream-node-max-entries', '10']);
    const { output } = open('redis', server.port, { maxLength: 50 });
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    const length = await server.length('weir');
    expect(output.counts().messages).toBeGreaterThan(100);
    expect(length).toBeGreaterThanOrEqual(50);
    expect(length).toBeLessThan(70);
  });

  it('adds all or nothing, and says what the server objects to', async () => {
    const server = await RedisServer.start(['--maxmemory', '3mb']);
    const { output, told } = open('redis', server.port, {}, { lingerMs: 300 });
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect(told.join()).toContain('OOM command not allowed');
    expectBalanced(output);
    expect(output.counts().notSent.failed).toBeGreaterThan(0);
    const numbers = flowNumbers(await server.read('weir'));
    expect(numbers).toEqual(range(numbers.length));
    expect(output.counts()).toMatchObject({ exported: numbers.length });
  });

  it('says that the key is something else', async () => {
    const server = await RedisServer.start();
    await server.with((client) => client.set('weir', 'text'));
    const { output, told } = open('redis', server.port, {}, { lingerMs: 100 });
    writeFlows(output, 0, 10);
    await until(() => told.length > 0, 'the fault');
    await output.finish(STATISTICS);
    expect(told[0]).toContain('cannot connect: WRONGTYPE ');
    expectBalanced(output);
  });

  it('waits for a server that has stopped', async () => {
    const server = await RedisServer.start();
    const { output } = open('redis', server.port);
    await until(() => output.isUp, 'the connection');
    server.signal('SIGSTOP');
    writeFlows(output, 0, FLOWS);
    expectBalanced(output);
    expect(output.counts().exported).toBe(0);
    server.signal('SIGCONT');
    await output.finish(STATISTICS);
    expect(flowNumbers(await server.read('weir'))).toEqual(range(FLOWS));
    expectBalanced(output);
  });

  it('tells user and password from a file, and nobody else', async () => {
    const server = await RedisServer.start(['--user', 'sensor', 'on', `>${SECRET}`, '~*', '+@all']);
    await expectSecret('redis', server);
    const options = { username: 'sensor', password: SECRET };
    expect(flowNumbers(await server.read('weir', options))).toEqual(range(100));
  });

  it('is encrypted, with certificates on both sides', async () => {
    const { ca, server: certificate, client } = certificates();
    const port = await freeTcpPort();
    const words = ['--tls-port', String(port), '--tls-cert-file', certificate.cert, '--tls-key-file', certificate.key];
    const server = await RedisServer.start([...words, '--tls-ca-cert-file', ca]);
    await expectEncrypted('redis', port, { ca, ...client });
    expect(flowNumbers(await server.read('weir'))).toEqual(range(100));
  });
});

/** Sends 100 flows as a user of the server; a wrong password is told without being named. */
async function expectSecret(kind: Kind, server: NatsServer | RedisServer): Promise<void> {
  const folder = temporaryFolder();
  const passwordFile = path.join(folder, 'password');
  fs.writeFileSync(passwordFile, `${SECRET}-not\n`);
  const wrong = open(kind, server.port, { user: 'sensor', passwordFile }, { lingerMs: 100 });
  writeFlows(wrong.output, 0, 10);
  await until(() => wrong.told.length > 0, 'the fault');
  await wrong.output.finish(STATISTICS);
  expect(wrong.told[0]).toMatch(/cannot connect: .*(authorization|authentication|WRONGPASS)/i);
  fs.writeFileSync(passwordFile, `${SECRET}\n`);
  const right = open(kind, server.port, { user: 'sensor', passwordFile });
  writeFlows(right.output, 0, 100);
  await right.output.finish(STATISTICS);
  expect(right.output.error).toBeNull();
  for (const { output, told } of [wrong, right]) {
    expectBalanced(output);
    expect(JSON.stringify([output.name, output.counts(), told, output.error?.message])).not.toContain(SECRET);
  }
}

interface Pem {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Sends 100 flows as that client; without a certificate none arrive. */
async function expectEncrypted(kind: Kind, port: number, tls: Pem): Promise<void> {
  const stranger = open(kind, port, {}, { tls: { ca: tls.ca }, lingerMs: 100 });
  writeFlows(stranger.output, 0, 10);
  await until(() => stranger.told.length > 0, 'the fault');
  await stranger.output.finish(STATISTICS);
  expect(stranger.output.counts()).toMatchObject({ exported: 0, notSent: { failed: 10 } });
  const distrustful = open(kind, port, { isEncrypted: true }, { lingerMs: 100 });
  writeFlows(distrustful.output, 0, 10);
  await until(() => distrustful.told.length > 0, 'the fault');
  await distrustful.output.finish(STATISTICS);
  expect(distrustful.told[0]).toContain("the peer's certificate is not signed by the ca we trust");
  const { output, told } = open(kind, port, {}, { tls });
  writeFlows(output, 0, 100);
  await output.finish(STATISTICS);
  expect(told).toEqual([]);
  expect(output.error).toBeNull();
  expectBalanced(output);
}

function certificates() {
  const folder = temporaryFolder();
  const authority = makeAuthority(folder, 'authority');
  const server = makeCertificate(folder, 'server', authority);
  return { ca: authority.cert, server, client: makeCertificate(folder, 'client', authority) };
}
