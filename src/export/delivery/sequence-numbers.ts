import type { SequenceRule } from '../message-encoder.js';
import type { Message } from './message.js';

/** The sequence numbers that one peer is sent, those of each Observation Domain for itself (RFC 7011 §3.1). */
export class SequenceNumbers {
  readonly #rule: SequenceRule | null;
  /** What the next message has, by domain. */
  readonly #next = new Map<number, number>();

  /** @param rule null: messages without a number */
  constructor(rule: SequenceRule | null) {
    this.#rule = rule;
  }

  /** Writes the message's number into it, and counts it. */
  stamp(message: Message): void {
    const rule = this.#rule;
    if (rule === null) return;
    const { octets } = message;
    const domain = this.#domainOf(rule, message);
    const number = this.#next.get(domain) ?? 0;
    for (let n = 0; n < 4; n++) octets[rule.offset + n] = number >>> (24 - 8 * n);
    this.#next.set(domain, (number + unitsOf(rule, message)) >>> 0);
  }

  /** The numbers of these messages are given again. */
  takeBack(messages: readonly Message[]): void {
    const rule = this.#rule;
    if (rule === null) return;
    for (const message of messages) {
      const domain = this.#domainOf(rule, message);
      this.#next.set(domain, ((this.#next.get(domain) ?? 0) - unitsOf(rule, message)) >>> 0);
    }
  }

  #domainOf({ domainOffset }: SequenceRule, { octets }: Message): number {
    if (domainOffset === null) return 0;
    let domain = 0;
    for (let n = 0; n < 4; n++) domain = domain * 256 + octets[domainOffset + n];
    return domain;
  }
}

function unitsOf({ unit }: SequenceRule, { records }: Message): number {
  return unit === 'records' ? records : 1;
}
