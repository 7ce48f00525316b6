import dgram from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { OutputError, outputErrorFrom } from '../output-error.js';
import type { Transport } from './transport.js';

/** Wanted room for datagrams on their way out; the kernel may give less. */
const SEND_BUFFER_OCTETS = 4_194_304;
/** Pause when the kernel has no room for a datagram, and how often that is tried. */
const NO_ROOM_PAUSE_MS = 5;
const NO_ROOM_TRIES = 400;

export interface UdpPeer {
  readonly host: string;
  readonly port: number;
  /** Called for each error after which a datagram is tried again. */
  readonly onError?: (error: OutputError) => void;
}

/**
 * UDP (RFC 7011 §10.3), a datagram a message. That nobody listens is told by an ICMP message, if at all, for a datagram
 * sent earlier: the connection then counts as lost.
 */
export class UdpTransport implements Transport {
  onLost: ((error: OutputError) => void) | null = null;
  readonly #peer: UdpPeer;
  #socket: dgram.Socket | null = null;
  #isClosed = false;
  #error: OutputError | null = null;

  constructor(
    readonly name: string,
    peer: UdpPeer,
  ) {
    this.#peer = peer;
  }

  async open(): Promise<void> {
    const { host, port } = this.#peer;
    try {
      const { address, family } = await lookup(host);
      // A name may take longer to resolve than anybody waits for it.
      if (this.#isClosed) return;
      const socket = dgram.createSocket(family === 6 ? 'udp6' : 'udp4');
      this.#socket = socket;
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        // A host that no route leads to is told to the callback, which the type declarations do not know.
        const done = (error?: Error | null): void => {
          socket.off('error', reject);
          if (error) reject(error);
          else resolve();
        };
        socket.connect(port, address, done);
      });
      socket.on('error', (error) => this.#lose(this.#fault(error)));
      // What a peer may send is of no interest.
      socket.on('message', () => undefined);
      this.#growBuffer(socket);
    } catch (error) {
      await this.close();
      throw outputErrorFrom(error, this.name, 'cannot reach');
    }
  }

  /** Some systems allow less than is wanted: the kernel's own size does too. */
  #growBuffer(socket: dgram.Socket): void {
    try {
      socket.setSendBufferSize(SEND_BUFFER_OCTETS);
    } catch (error) {
      this.#peer.onError?.(outputErrorFrom(error, this.name, 'small send buffer'));
    }
  }

  #lose(error: OutputError): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.onLost?.(error);
  }

  async send(messages: readonly Uint8Array[]): Promise<void> {
    // All are handed to the kernel at once, and in order; what it has no room for comes back and is tried again.
    const results = await Promise.all(messages.map((message) => this.#sendOne(message)));
    for (let n = 0; n < results.length; n++) {
      if (results[n] !== null) await this.#sendAgain(messages[n], results[n]!);
    }
    if (this.#error !== null) throw this.#error;
  }

  async #sendAgain(message: Uint8Array, first: Error): Promise<void> {
    let error: Error | null = first;
    for (let tries = 0; error !== null; tries++) {
      const { code } = error as NodeJS.ErrnoException;
      const fault = this.#fault(error);
      if ((code !== 'ENOBUFS' && code !== 'EAGAIN') || tries === NO_ROOM_TRIES) {
        this.#error ??= fault;
        throw this.#error;
      }
      this.#peer.onError?.(fault);
      await delay(NO_ROOM_PAUSE_MS);
      error = await this.#sendOne(message);
    }
  }

  #fault(error: Error): OutputError {
    const isRefused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
    return outputErrorFrom(error, this.name, isRefused ? 'not received' : 'cannot send');
  }

  #sendOne(message: Uint8Array): Promise<Error | null> {
    const socket = this.#socket;
    if (this.#error !== null) return Promise.resolve(this.#error);
    if (socket === null) return Promise.resolve(new OutputError(this.name, null, 'is not open'));
    return new Promise((resolve) => socket.send(message, (error) => resolve(error)));
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    this.#isClosed = true;
    if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
