import type { Message } from './message.js';
import { MessageQueue } from './message-queue.js';

export interface WindowBounds {
  readonly octets: number;
  readonly ms: number;
}

/**
 * What was sent last over a transport without acknowledgements. When the connection is lost, some of it may have been in
 * buffers that nobody read, so it is sent again.
 */
export class ResendWindow {
  readonly #bounds: WindowBounds;
  readonly #queue = new MessageQueue();

  constructor(bounds: WindowBounds) {
    this.#bounds = bounds;
  }

  add(message: Message): void {
    this.#queue.push(message);
    while (this.#queue.octets > this.#bounds.octets) this.#queue.shift();
  }

  /** Forgets what was sent too long ago to be in a buffer still. */
  trim(nowMs: number): void {
    const before = nowMs - this.#bounds.ms;
    while (this.#queue.first !== undefined && this.#queue.first.sentMs < before) this.#queue.shift();
  }

  takeAll(): Message[] {
    return this.#queue.takeAll();
  }
}
