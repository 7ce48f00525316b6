import { MessageKind, type MessageTotals } from '../message-encoder.js';

/** One message on its way. */
export interface Message {
  /** Its own copy; the sequence number is stamped into it. */
  readonly octets: Uint8Array;
  readonly kind: MessageKind;
  /** Data Records in it, flows and options. */
  readonly records: number;
  /** The run of the program that encoded it, whose Templates it is read by. */
  readonly generation: string;
  /**
   * Its number among those of its run that are Templates, or among all others, from 1 on, 32 bits; 0 for Templates that only
   * repeat what was said, and for options that stand at the start of a session.
   */
  readonly ordinal: number;
  /** It was sent before, over a connection that was lost. */
  isRepeat: boolean;
  /** When it was last sent, ms. */
  sentMs: number;
}

/** Flow records in it: what the ledger counts. */
export function flowRecords({ kind, records }: Message): number {
  return kind === MessageKind.Data ? records : 0;
}

/** How many they are, and their octets. */
export function totals(messages: readonly Message[]): MessageTotals {
  return { messages: messages.length, octets: messages.reduce((sum, { octets }) => sum + octets.length, 0) };
}

/** Tells a message that is not Templates from those of all runs, and stays when it is sent again. */
export function messageId({ generation, ordinal }: Message): string {
  return `${generation}-${ordinal}`;
}
