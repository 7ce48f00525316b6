import { flowRecords, type Message } from './message.js';

/** Places at the front that may be empty before the rest moves up. */
const MOST_GAPS = 1024;

/** Messages in order, with their sums. */
export class MessageQueue {
  #messages: Message[] = [];
  /** Messages before it have left. */
  #head = 0;
  #octets = 0;
  #records = 0;

  get length(): number {
    return this.#messages.length - this.#head;
  }

  get octets(): number {
    return this.#octets;
  }

  /** Flow records. */
  get records(): number {
    return this.#records;
  }

  /** The oldest. */
  get first(): Message | undefined {
    return this.#messages[this.#head];
  }

  push(message: Message): void {
    this.#messages.push(message);
    this.#octets += message.octets.length;
    this.#records += flowRecords(message);
  }

  /** Takes the oldest out. */
  shift(): Message | undefined {
    const message = this.first;
    if (message === undefined) return undefined;
    this.#head++;
    if (this.#head >= MOST_GAPS || this.#head === this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    this.#octets -= message.octets.length;
    this.#records -= flowRecords(message);
    return message;
  }

  /** Puts messages before the oldest, in their order. */
  putFirst(messages: readonly Message[]): void {
    this.#messages = [...messages, ...this.#messages.slice(this.#head)];
    this.#head = 0;
    for (const message of messages) {
      this.#octets += message.octets.length;
      this.#records += flowRecords(message);
    }
  }

  /** Takes all out. */
  takeAll(): Message[] {
    const messages = this.#messages.slice(this.#head);
    this.#messages = [];
    this.#head = 0;
    this.#octets = 0;
    this.#records = 0;
    return messages;
  }
}
