import { OutputError, outputErrorFrom } from '../output-error.js';
import type { MessageIds, Transport } from './transport.js';

/** How long connecting, and the acknowledgement of what was sent, may take. */
export const CONNECT_MS = 10_000;
const ACKNOWLEDGE_MS = 30_000;

/**
 * A transport to a server that acknowledges what it has stored. The client library knows one connection: when that is
 * lost, it is over, and coming back is the delivery's business.
 */
export abstract class BrokerConnection implements Transport {
  onLost: ((error: OutputError) => void) | null = null;
  #error: OutputError | null = null;
  #isOpen = false;
  #isClosed = false;
  /** Rejects the send under way. */
  #abort: ((error: OutputError) => void) | null = null;

  /** @param name the server as the user knows it */
  constructor(readonly name: string) {}

  /** Connects, and looks whether what is sent will be taken. Calls `lose` when the connection ends later. */
  protected abstract connect(): Promise<void>;
  /** Resolves when the server has acknowledged all messages. */
  protected abstract publish(messages: readonly Uint8Array[], ids: MessageIds): Promise<unknown>;
  /** Ends the connection at once, or the attempt to have one. */
  protected abstract disconnect(): Promise<void> | void;

  /** Puts an error of the library into words. */
  protected fault(error: unknown, action: string): OutputError {
    return outputErrorFrom(error, this.name, action);
  }

  protected lose(error: unknown): void {
    if (this.#error !== null || this.#isClosed) return;
    this.#error = this.fault(error, 'connection lost');
    if (!this.#isOpen) return;
    if (this.#abort === null) this.onLost?.(this.#error);
    else this.#abort(this.#error);
  }

  async open(): Promise<void> {
    try {
      await this.connect();
      this.#isOpen = true;
      // It may have been lost, or closed, while it was being made.
      if (this.#error !== null) throw this.#error;
      if (this.#isClosed) await this.disconnect();
    } catch (error) {
      await this.disconnect();
      throw this.fault(error, 'cannot connect');
    }
  }

  async send(messages: readonly Uint8Array[], ids: MessageIds): Promise<void> {
    if (this.#error !== null) throw this.#error;
    let expiry: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#abort = reject;
        const late = `no acknowledgement in ${ACKNOWLEDGE_MS / 1000} s`;
        expiry = setTimeout(() => reject(new OutputError(this.name, 'ETIMEDOUT', late)), ACKNOWLEDGE_MS);
        this.publish(messages, ids).then(
          () => resolve(),
          (error: unknown) => reject(this.fault(error, 'cannot store')),
        );
      });
    } finally {
      clearTimeout(expiry);
      this.#abort = null;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isOpen) await this.disconnect();
  }
}
