import { MessageKind } from '../message-encoder.js';
import type { Message } from './message.js';
import { flowRecords } from './message.js';
import { MessageQueue } from './message-queue.js';
import type { Spool } from './spool.js';

/** How much may be taken at once. At least one message is. */
export interface Batch {
  readonly octets: number;
  readonly messages: number;
  readonly records: number;
}

/**
 * What waits to be sent: a bounded queue in memory and, if there is one, a spool on disk behind it. Without a spool the
 * oldest message goes when the queue is full. Nothing here waits.
 */
export class Backlog {
  /** Flow records that went because the queue was full; because the spool was, and older ones waited in memory. */
  queueFull = 0;
  spoolFull = 0;
  readonly #maxOctets: number;
  readonly #queue = new MessageQueue();
  readonly #spool: Spool | null;

  /** @param maxOctets bound of the queue */
  constructor(maxOctets: number, spool: Spool | null) {
    this.#maxOctets = maxOctets;
    this.#spool = spool;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && (this.#spool?.isEmpty ?? true);
  }

  get queued(): Readonly<MessageQueue> {
    return this.#queue;
  }

  /** More waits than should while the peer takes messages. */
  get isFull(): boolean {
    return this.#spool === null
      ? this.#queue.octets > this.#maxOctets / 2
      : this.#spool.octets > this.#spool.maxOctets / 2;
  }

  add(message: Message): void {
    const queue = this.#queue;
    const spool = this.#spool;
    const fits = queue.octets + message.octets.length <= this.#maxOctets;
    if (spool !== null && (!fits || !spool.isEmpty)) {
      // What waits in memory is older than all that is on disk.
      if (!spool.hasRoomFor(message)) this.spoolFull += this.#drop(() => queue.length > 0);
      spool.append(message);
      return;
    }
    queue.push(message);
    this.#trim();
  }

  /** Takes back what was taken and did not arrive: it goes before all others. */
  giveBack(messages: readonly Message[]): void {
    this.#queue.putFirst(messages);
    if (this.#spool === null) this.#trim();
  }

  #trim(): void {
    const queue = this.#queue;
    this.queueFull += this.#drop(() => queue.octets > this.#maxOctets && queue.length > 1);
  }

  /** Drops the oldest for as long as need be, but no Templates, without which others cannot be read. Answers how many flow records. */
  #drop(isNeeded: () => boolean): number {
    const templates: Message[] = [];
    let records = 0;
    while (isNeeded()) {
      const oldest = this.#queue.shift()!;
      if (oldest.kind === MessageKind.Templates) templates.push(oldest);
      else records += flowRecords(oldest);
    }
    if (templates.length > 0) this.#queue.putFirst(templates);
    return records;
  }

  /** The run that encoded the oldest message; null when there is none. */
  get generation(): string | null {
    this.#fill();
    return this.#queue.first?.generation ?? null;
  }

  /** Takes the oldest messages out, as far as one run of the program encoded them. */
  take(batch: Batch): Message[] {
    const messages: Message[] = [];
    const { generation } = this;
    let octets = 0;
    let records = 0;
    for (let next = this.#queue.first; next !== undefined && next.generation === generation; next = this.#queue.first) {
      octets += next.octets.length;
      records += next.records;
      const isOver = octets > batch.octets || records > batch.records || messages.length >= batch.messages;
      if (isOver && messages.length > 0) break;
      messages.push(next);
      this.#queue.shift();
    }
    return messages;
  }

  #fill(): void {
    const spool = this.#spool;
    while (spool !== null && this.#queue.length === 0 && !spool.isEmpty) this.#queue.putFirst(spool.read());
  }

  flush(): void {
    this.#spool?.flush();
  }

  /**
   * Nothing will be sent any more.
   * @returns flow records that wait on disk for the next run, and that are lost
   */
  close(): { kept: number; lost: number } {
    const unsent = this.#queue.takeAll();
    const spool = this.#spool;
    // What the disk does not take any more is counted before the rest is.
    spool?.seal();
    const total = unsent.reduce((sum, message) => sum + flowRecords(message), 0) + (spool?.records ?? 0);
    const kept = spool?.close(unsent) ?? 0;
    return { kept, lost: total - kept };
  }
}
