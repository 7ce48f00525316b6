import type { NatsConnection } from '@nats-io/transport-node';

import { OutputError } from '../output-error.js';
import { BrokerConnection, CONNECT_MS } from './broker-connection.js';
import type { Credentials } from './credentials.js';
import { tlsErrorFrom, type TlsIdentity, tlsOptions } from './tls.js';
import type { MessageIds } from './transport.js';

/** A peer that says nothing for twice as long is gone. */
const PING_MS = 15_000;
/** Room for the header of a message, which counts as well. */
const HEADER_OCTETS = 256;

type Publish = (message: Uint8Array, id: string) => Promise<unknown>;

export interface NatsPeer {
  readonly host: string;
  readonly port: number;
  readonly subject: string;
  readonly credentials: Credentials;
  /** null: TLS when the server wants it, with the authorities of Node.js. */
  readonly tls: TlsIdentity | null;
  /** Makes a stream when none takes the subject. */
  readonly create: boolean;
  /** Messages that a stream keeps that is made; undefined: all. */
  readonly maxLength: number | undefined;
  /** Octets of a message at most. */
  readonly maxMessageOctets: number;
}

/**
 * NATS JetStream. Each message is published with an id of its own (`Nats-Msg-Id`), by which the server drops what it has already;
 * sent is what a stream has acknowledged.
 */
export class NatsTransport extends BrokerConnection {
  readonly #peer: NatsPeer;
  #connection: NatsConnection | null = null;
  #publish: Publish | null = null;

  constructor(name: string, peer: NatsPeer) {
    super(name);
    this.#peer = peer;
  }

  protected async connect(): Promise<void> {
    // Loaded by runs that want it, not by all.
    const [{ connect }, { jetstream }] = await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream'),
    ]);
    const { host, port, subject, credentials, tls } = this.#peer;
    const { user, password } = credentials;
    const connection = await connect({
      servers: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
      name: 'weir',
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
      timeout: CONNECT_MS,
      pingInterval: PING_MS,
      ...(password === undefined ? {} : user === undefined ? { token: password } : { user, pass: password }),
      ...(tls === null ? {} : { tls: tlsOptions(tls, host) }),
    });
    this.#connection = connection;
    void connection.closed().then((error) => {
      this.lose(error ?? new OutputError(this.name, 'ECONNRESET', 'connection lost: closed by the peer'));
    });
    this.#requireRoom(connection);
    await this.#requireStream(connection);
    const client = jetstream(connection, { timeout: CONNECT_MS });
    this.#publish = (message, msgID) => client.publish(subject, message, { msgID });
  }

  #requireRoom({ info }: NatsConnection): void {
    const most = info?.max_payload ?? Infinity;
    if (this.#peer.maxMessageOctets + HEADER_OCTETS <= most) return;
    const detail = `the server takes messages of ${most} octets: expected message-size=${most - HEADER_OCTETS} or less`;
    throw new OutputError(this.name, null, detail);
  }

  /** Without a stream nobody stores what is sent. */
  async #requireStream(connection: NatsConnection): Promise<void> {
    const { jetstreamManager, JetStreamApiError, JetStreamApiCodes } = await import('@nats-io/jetstream');
    const { subject, create, maxLength = -1 } = this.#peer;
    const manager = await jetstreamManager(connection, { timeout: CONNECT_MS });
    try {
      await manager.streams.find(subject);
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
      if (!create) {
        const detail = `no JetStream stream takes the subject ${subject}: make one, or let weir with option create`;
        throw new OutputError(this.name, null, detail, { cause: error });
      }
      await manager.streams.add({ name: streamName(subject), subjects: [subject], max_msgs: maxLength });
    }
  }

  protected publish(messages: readonly Uint8Array[], ids: MessageIds): Promise<unknown> {
    const publish = this.#publish;
    if (publish === null) throw new OutputError(this.name, null, 'is not connected');
    return Promise.all(messages.map((message, n) => publish(message, ids(n))));
  }

  protected disconnect(): Promise<void> {
    return this.#connection?.close() ?? Promise.resolve();
  }

  protected override fault(error: unknown, action: string): OutputError {
    return tlsErrorFrom(systemCause(error), this.name, action);
  }
}

/** A stream's name has no dots, spaces or slashes: `weir.flows` becomes `weir_flows`. */
function streamName(subject: string): string {
  return subject.replace(/[^\w-]/g, '_');
}

/** The library puts errors of the system and of TLS into its own. */
function systemCause(error: unknown): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ('code' in inner && typeof inner.code === 'string') return inner;
  }
  return error;
}
