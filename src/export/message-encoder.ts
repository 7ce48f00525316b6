import type { ClosedFlows } from '../flow/closed-flows.js';
import type { ExportStatistics } from './options/statistics-record.js';

export const enum MessageKind {
  Data = 0,
  Templates = 1,
  Options = 2,
}

/** Takes one complete message, octets `from…to`, with `records` Data Records (flows and options) in it; the caller may overwrite it afterwards. */
export type MessageSink = (octets: Uint8Array, from: number, to: number, records: number, kind: MessageKind) => void;

/** Where a format's messages carry their 32-bit sequence number, and what it counts. It is stamped when a message is sent, not when it is encoded. */
export interface SequenceRule {
  readonly offset: number;
  /** Where the 32-bit Observation Domain or source id stands: each counts for itself. null: all messages count together. */
  readonly domainOffset: number | null;
  /** RFC 7011 §3.1 counts Data Records before this message, RFC 3954 §5.1 messages, NetFlow v5 flow records. */
  readonly unit: 'records' | 'messages';
}

/** Messages, those of Templates and options included, and their octets. */
export interface MessageTotals {
  readonly messages: number;
  readonly octets: number;
}

/**
 * Turns closed flows into messages: what one datagram, or one entry of a stream, carries.
 *
 * Templates never travel inside Data messages: who meets new content flushes first, hands over the new Template as a
 * Templates message, and goes on. So a session can be opened again anywhere. Template ids are tied to content and never
 * used for other content while the process lives.
 */
export interface MessageEncoder {
  /** Flow records encoded so far. */
  readonly records: number;
  /** Flow records that the format cannot carry (such as IPv6 in NetFlow v5). */
  readonly unsupported: number;
  /** Values of metadata that were cut or left out for a record to fit a message; where that cannot be, it is not there. */
  readonly shortened?: number;
  /** null: messages without a number. */
  readonly sequence: SequenceRule | null;
  write(closed: ClosedFlows): void;
  /** Hands over the message under way. */
  flush(): void;
  /**
   * Hands over all Templates and Options Templates known so far, as messages of their own (MessageKind.Templates).
   * @param isSessionStart as well the Options Data Records that stand in front of all flows of a session (MessageKind.Options)
   */
  announce(isSessionStart: boolean): void;
  /**
   * Hands over the Options Data Records: statistics and whatever else the format tells about itself (MessageKind.Options).
   * @param sent what will have left in front of them
   */
  options(statistics: ExportStatistics, sent: MessageTotals): void;
}
