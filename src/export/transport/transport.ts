import type { OutputError } from '../output-error.js';

/** Names the n-th message of those that are sent: unlike all others, and the same when the message is sent again. */
export type MessageIds = (n: number) => string;

/** One connection to one peer. Order, bounds, spool and reconnection are the queue's business, not a transport's. */
export interface Transport {
  readonly name: string;
  /** Connects. Rejects with an OutputError. */
  open(): Promise<void>;
  /** Sends messages in order; resolves when the peer (or the kernel, where there is no acknowledgement) has them all. Rejects with an OutputError when the connection is lost, a RefusalError when the peer has what was sent before and does not want these. */
  send(messages: readonly Uint8Array[], ids: MessageIds): Promise<void>;
  /** Called when the connection is lost while nothing is being sent. */
  onLost: ((error: OutputError) => void) | null;
  close(): Promise<void>;
}
