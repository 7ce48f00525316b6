import { MessageKind } from '../message-encoder.js';

/** One message on its way. */
export interface Message {
  /** Its own copy; the sequence number is stamped into it. */
  readonly octets: Uint8Array;
  readonly kind: MessageKind;
  /** Data Records in it, flows and options. */
  readonly records: number;
  /** The run of the program that encoded it, whose Templates it is read by. */
  readonly generation: string;
  /** For Templates: how many messages of Templates there were before it; 0 for those that only repeat what was said. */
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
