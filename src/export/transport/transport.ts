import type { OutputError } from '../output-error.js';

/** One connection to one peer. Order, bounds, spool and reconnection are the queue's business, not a transport's. */
export interface Transport {
  readonly name: string;
  /** Connects. Rejects with an OutputError. */
  open(): Promise<void>;
  /** Sends messages in order; resolves when the peer (or the kernel, where there is no acknowledgement) has them all. Rejects with an OutputError when the connection is lost. */
  send(messages: readonly Uint8Array[]): Promise<void>;
  /** Called when the connection is lost while nothing is being sent. */
  onLost: ((error: OutputError) => void) | null;
  close(): Promise<void>;
}
