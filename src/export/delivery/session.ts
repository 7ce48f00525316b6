import { OutputError } from '../output-error.js';
import type { Transport } from '../transport/transport.js';
import { type Message, messageId } from './message.js';
import type { SequenceNumbers } from './sequence-numbers.js';

/** One session with one peer: a connection, its sequence numbers, and the Templates that the peer was told. */
export class Session {
  /** Why it ended, once it has. */
  lost: OutputError | null = null;
  /** Templates up to this ordinal were sent at its start. */
  announced = 0;
  sendingSinceMs: number | null = null;
  readonly #transport: Transport;
  #giveUp: ((error: OutputError) => void) | null = null;

  /**
   * @param peer place in the list of peers
   * @param generation run of the program whose messages it carries
   * @param numbers those of its messages
   */
  constructor(
    transport: Transport,
    readonly peer: number,
    readonly generation: string,
    readonly numbers: SequenceNumbers,
    onLost: () => void,
  ) {
    this.#transport = transport;
    transport.onLost = (error) => {
      this.lost ??= error;
      onLost();
    };
  }

  get name(): string {
    return this.#transport.name;
  }

  open(): Promise<void> {
    return this.#orEnd(this.#transport.open());
  }

  /** Sends messages, with their numbers. Rejects with an OutputError when the connection is lost. */
  async send(messages: readonly Message[], nowMs: number): Promise<void> {
    for (const message of messages) {
      this.numbers.stamp(message);
      message.sentMs = nowMs;
    }
    this.sendingSinceMs = nowMs;
    try {
      await this.#orEnd(this.#sendAll(messages));
    } finally {
      this.sendingSinceMs = null;
    }
  }

  #sendAll(messages: readonly Message[]): Promise<void> {
    return this.#transport.send(
      messages.map(({ octets }) => octets),
      (n) => messageId(messages[n]),
    );
  }

  /** Ends what is under way with that error. */
  end(error: OutputError): void {
    this.lost ??= error;
    this.#giveUp?.(error);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** A promise that `end` can reject. */
  async #orEnd(promise: Promise<void>): Promise<void> {
    if (this.lost !== null) {
      promise.catch(() => undefined);
      throw this.lost;
    }
    try {
      await new Promise<void>((resolve, reject) => {
        this.#giveUp = reject;
        promise.then(resolve, reject);
      });
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.lost ??= error;
      throw error;
    } finally {
      this.#giveUp = null;
    }
  }
}
