import { OutputError, RefusalError } from '../output-error.js';
import { BrokerConnection, CONNECT_MS } from './broker-connection.js';
import type { Credentials } from './credentials.js';
import { tlsErrorFrom, type TlsIdentity, tlsOptions } from './tls.js';
import type { MessageIds } from './transport.js';

const KEEP_ALIVE_MS = 15_000;
/** An error of the server begins with a word in capitals: `OOM command not allowed …`. */
const REPLY = /^([A-Z]{2,}) /;

export interface RedisPeer {
  readonly host: string;
  readonly port: number;
  readonly stream: string;
  readonly credentials: Credentials;
  /** null: without TLS. */
  readonly tls: TlsIdentity | null;
  /** Entries that the stream keeps, about; undefined: all. */
  readonly maxLength: number | undefined;
}

type Entries = readonly { readonly id: string; readonly data: Buffer }[];

interface Client {
  readonly add: (entries: Entries) => Promise<unknown>;
  readonly destroy: () => void;
}

/**
 * Redis Streams. A message is one entry with the fields `id`, the same when it is sent again, and `data`. All messages that
 * are sent together are one transaction: the server has all of them, or none.
 */
export class RedisTransport extends BrokerConnection {
  readonly #peer: RedisPeer;
  #client: Client | null = null;

  constructor(name: string, peer: RedisPeer) {
    super(name);
    this.#peer = peer;
  }

  protected async connect(): Promise<void> {
    // Loaded by runs that want it, not by all.
    const { createClient } = await import('@redis/client');
    const { host, port, stream, credentials, tls, maxLength } = this.#peer;
    const { user: username, password } = credentials;
    const socket = {
      host,
      port,
      connectTimeout: CONNECT_MS,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      reconnectStrategy: false,
    } as const;
    const client = createClient({
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      socket: tls === null ? socket : { ...socket, ...tlsOptions(tls, host), tls: true },
    });
    client.on('error', (error) => this.lose(error));
    const trim = { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: maxLength ?? 0 } } as const;
    this.#client = {
      destroy: () => client.destroy(),
      add: (entries) => {
        const transaction = client.multi();
        for (const entry of entries) transaction.xAdd(stream, '*', entry, maxLength === undefined ? {} : trim);
        return transaction.exec();
      },
    };
    await client.connect();
    // Says what is wrong before anything is sent: no password, another type, a server that is still loading.
    await client.xLen(stream).catch((error: unknown) => {
      // Whoever may only add is welcome.
      if (codeOf(error) !== 'NOPERM') throw error;
    });
  }

  protected async publish(messages: readonly Uint8Array[], ids: MessageIds): Promise<unknown> {
    const client = this.#client;
    if (client === null) throw new OutputError(this.name, null, 'is not connected');
    return client.add(
      messages.map(({ buffer, byteOffset, byteLength }, n) => ({
        id: ids(n),
        data: Buffer.from(buffer, byteOffset, byteLength),
      })),
    );
  }

  protected disconnect(): void {
    const client = this.#client;
    this.#client = null;
    client?.destroy();
  }

  protected override fault(error: unknown, action: string): OutputError {
    const reply = replyOf(error);
    const code = codeOf(reply);
    if (code !== null) {
      return new RefusalError(this.name, code, `${action}: ${(reply as Error).message}`, { cause: error });
    }
    return tlsErrorFrom(error, this.name, action);
  }
}

/** The first error of a transaction. */
function replyOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('replies' in error) || !Array.isArray(error.replies)) return error;
  return error.replies.find((reply) => reply instanceof Error) ?? error;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error ? (REPLY.exec(error.message)?.[1] ?? null) : null;
}
