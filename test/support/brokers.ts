import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type ConnectionOptions } from '@nats-io/transport-node';
import { createClient } from '@redis/client';
import { onTestFinished } from 'vitest';

import { hasProgram } from './programs.js';
import { temporaryFolder } from './run-weir.js';

/**
 * Real servers that store messages, each a process on loopback with a port and a folder of its own, which stay when it is killed
 * and started again:
 *
 *   const server = await RedisServer.start();
 *   await server.kill(); await server.restart();
 *   const entries = await server.read('weir');
 */

export const hasNats = hasProgram('nats-server', ['--version'], 'what goes to NATS');
export const hasRedis = hasProgram('redis-server', ['--version'], 'what goes to Redis');

const PATIENCE_MS = 20_000;

/** What a stream holds: a message, and the id that it was sent with. */
export interface Stored {
  readonly id: string;
  readonly data: string;
}

abstract class Broker {
  #child: ChildProcess | null = null;
  #log = '';
  readonly folder = temporaryFolder();

  protected constructor(
    readonly port: number,
    protected readonly words: readonly string[],
  ) {
    onTestFinished(() => this.kill());
  }

  protected abstract command(): readonly [program: string, ...words: string[]];

  /** On the same port, with what it has stored. */
  async restart(): Promise<void> {
    const [program, ...words] = this.command();
    const child = spawn(program, words, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const keep = (piece: Buffer): void => void (this.#log += piece.toString('latin1'));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const end = Date.now() + PATIENCE_MS;
    while (!(await listens(this.port))) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`${program} does not listen: ${this.#log}`);
      await sleep(20);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }
}

async function startAnywhere<T extends Broker>(make: (port: number) => T): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const broker = make(await freeTcpPort());
    try {
      await broker.restart();
      return broker;
    } catch (error) {
      // Somebody else may have taken the port meanwhile.
      if (attempt === 4) throw error;
    }
  }
}

export async function freeTcpPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export class NatsServer extends Broker {
  /** With JetStream. */
  static start(words: readonly string[] = []): Promise<NatsServer> {
    return startAnywhere((port) => new NatsServer(port, ['-js', ...words]));
  }

  /** Without JetStream. */
  static startPlain(): Promise<NatsServer> {
    return startAnywhere((port) => new NatsServer(port, []));
  }

  protected command(): readonly [string, ...string[]] {
    return [
      'nats-server',
      '-a',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-sd',
      path.join(this.folder, 'js'),
      ...this.words,
    ];
  }

  /** All that the stream that takes a subject holds, in order. */
  async read(subject: string, options: ConnectionOptions = {}): Promise<Stored[]> {
    const connection = await connect({ servers: `127.0.0.1:${this.port}`, reconnect: false, ...options });
    try {
      const manager = await jetstreamManager(connection);
      const name = await manager.streams.find(subject);
      const { num_pending } = await manager.consumers.add(name, {
        ack_policy: AckPolicy.None,
        mem_storage: true,
        name: 'all',
      });
      const consumer = await jetstream(connection).consumers.get(name, 'all');
      const stored: Stored[] = [];
      while (stored.length < num_pending) {
        for await (const message of await consumer.fetch({ max_messages: 1000, expires: 2000 })) {
          stored.push({ id: message.headers?.get('Nats-Msg-Id') ?? '', data: message.string() });
          if (message.info.pending === 0) break;
        }
      }
      await manager.consumers.delete(name, 'all');
      return stored;
    } finally {
      await connection.close();
    }
  }

  /** Makes a stream that takes these subjects. */
  async addStream(name: string, subjects: string[]): Promise<void> {
    const connection = await connect({ servers: `127.0.0.1:${this.port}`, reconnect: false });
    await (await jetstreamManager(connection)).streams.add({ name, subjects });
    await connection.close();
  }
}

export class RedisServer extends Broker {
  /** What it has acknowledged outlasts it. */
  static start(words: readonly string[] = []): Promise<RedisServer> {
    return startAnywhere((port) => new RedisServer(port, words));
  }

  protected command(): readonly [string, ...string[]] {
    const settings = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--save', ''];
    return ['redis-server', ...settings, '--appendonly', 'yes', '--appendfsync', 'always', ...this.words];
  }

  /** Calls a function with a client. */
  async with<T>(use: (client: RedisClient) => Promise<T>, options: RedisOptions = {}): Promise<T> {
    const client = redisClient(this.port, options);
    await client.connect();
    try {
      return await use(client);
    } finally {
      client.destroy();
    }
  }

  /** All that a stream holds, in order. */
  read(stream: string, options: RedisOptions = {}): Promise<Stored[]> {
    return this.with(async (client) => {
      const entries = await client.xRange(stream, '-', '+');
      return (entries ?? []).map(({ message }) => ({ id: message.id, data: message.data }));
    }, options);
  }

  /** Entries of a stream. */
  length(stream: string): Promise<number> {
    return this.with((client) => client.xLen(stream));
  }
}

interface RedisOptions {
  readonly username?: string;
  readonly password?: string;
}
type RedisClient = ReturnType<typeof redisClient>;

function redisClient(port: number, options: RedisOptions) {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false }, RESP: 2, ...options });
  // Commands that fail say so themselves.
  client.on('error', () => undefined);
  return client;
}
