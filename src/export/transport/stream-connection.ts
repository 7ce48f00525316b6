import type { Socket } from 'node:net';

import { OutputError, outputErrorFrom } from '../output-error.js';
import type { Transport } from './transport.js';

const KEEP_ALIVE_MS = 30_000;
/** How long the peer has to close its side once everything was sent. */
const CLOSE_MS = 2_000;

export interface StreamOptions {
  /** How long connecting may take. Default: 10 s. */
  readonly connectMs?: number;
}

const CONNECT_MS = 10_000;
const CLOSED_EARLY = 'ECONNRESET';
const CLOSED_BY_PEER = 'connection lost: closed by the peer';

/**
 * A transport over a stream socket. A peer of an exporter has nothing to say: whatever it sends is read and dropped, and
 * its end of the stream means that it takes no more.
 */
export abstract class StreamConnection implements Transport {
  onLost: ((error: OutputError) => void) | null = null;
  readonly #connectMs: number;
  #socket: Socket | null = null;
  #error: OutputError | null = null;
  /** Rejects the send under way. */
  #abort: ((error: OutputError) => void) | null = null;
  #isOpen = false;
  #isClosing = false;

  /** @param name the peer as the user knows it */
  constructor(
    readonly name: string,
    options: StreamOptions,
  ) {
    this.#connectMs = options.connectMs ?? CONNECT_MS;
  }

  /** Begins to connect. */
  protected abstract connect(): Socket;
  /** The event that tells that messages can be sent. */
  protected abstract readonly connected: 'connect' | 'secureConnect';
  /** Calls `done` when the peer will take messages. Until then an error means that it never did. */
  protected whenAccepted(_socket: Socket, done: () => void): void {
    done();
  }

  /** Puts an error of the socket into words. */
  protected fault(error: unknown, action: string): OutputError {
    return outputErrorFrom(error, this.name, action);
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.connect();
      this.#socket = socket;
      const expiry = setTimeout(() => {
        socket.destroy(new OutputError(this.name, 'ETIMEDOUT', `cannot connect: no answer in ${this.#connectMs} ms`));
      }, this.#connectMs);
      const failed = (error: unknown): void => {
        clearTimeout(expiry);
        reject(this.fault(error, 'cannot connect'));
      };
      const closed = (): void => failed(new OutputError(this.name, null, 'cannot connect: closed by the peer'));
      socket.once('error', failed);
      socket.once('close', closed);
      const done = (): void => {
        clearTimeout(expiry);
        socket.off('error', failed).off('close', closed);
        this.#isOpen = true;
        this.#watch(socket);
        resolve();
      };
      socket.once(this.connected, () => this.whenAccepted(socket, done));
    });
  }

  #watch(socket: Socket): void {
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (error) => this.#lose(this.fault(error, 'connection lost')));
    socket.on('close', () => {
      if (!this.#isClosing || !socket.writableFinished) {
        this.#lose(new OutputError(this.name, CLOSED_EARLY, CLOSED_BY_PEER));
      }
    });
    socket.on('end', () => {
      // A peer that has read everything ends after we have.
      if (!socket.writableFinished) this.#lose(new OutputError(this.name, CLOSED_EARLY, CLOSED_BY_PEER));
    });
    socket.resume();
  }

  #lose(error: OutputError): void {
    if (this.#error !== null) return;
    this.#error = error;
    if (!this.#isClosing) this.#socket?.destroy();
    if (this.#abort !== null) this.#abort(error);
    else if (!this.#isClosing) this.onLost?.(error);
  }

  async send(messages: readonly Uint8Array[]): Promise<void> {
    const socket = this.#socket;
    if (this.#error !== null) throw this.#error;
    if (socket === null) throw new OutputError(this.name, null, 'is not connected');
    try {
      await new Promise<void>((resolve, reject) => {
        this.#abort = reject;
        socket.cork();
        for (let n = 0; n < messages.length - 1; n++) socket.write(messages[n]);
        // Its callback is called when all octets before are with the kernel as well.
        socket.write(messages[messages.length - 1], (error) => {
          if (error === null || error === undefined) resolve();
        });
        socket.uncork();
      });
    } finally {
      this.#abort = null;
    }
  }

  /** Ends the stream. Rejects when the peer broke it off instead of reading to its end. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    // Of messages that were given up, as few octets as can be shall arrive.
    const hasGivenUp = this.#abort !== null;
    if (!this.#isOpen || hasGivenUp || this.#error !== null || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.#isClosing = true;
    await new Promise<void>((resolve) => {
      const expiry = setTimeout(resolve, CLOSE_MS);
      socket.once('close', () => {
        clearTimeout(expiry);
        resolve();
      });
      socket.end();
    });
    socket.destroy();
    const error = this.#error as OutputError | null;
    if (error !== null) throw error;
  }
}
