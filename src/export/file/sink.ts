/** Takes the octets `from…to`, which the caller may overwrite afterwards. */
export type OctetSink = (octets: Uint8Array, from: number, to: number) => void;

/** Where the octets of an output go. Every method may throw or reject with an OutputError. */
export interface Sink {
  /** Takes the octets `from…to`, which the caller may overwrite afterwards. */
  write(octets: Uint8Array, from: number, to: number): void;
  /** Of the octets that were taken, how many have reached the target for certain. */
  readonly safeOctets: number;
  /** Passes on what waits here; a compressor ends a block, which costs some of what it saves. */
  flush(): void;
  /** More waits to be written than should: `drain` before the next write keeps memory bounded. */
  readonly isFull: boolean;
  /** Resolves when the sink is no longer full. */
  drain(): Promise<void>;
  /** What `close` does, done when this returns; or false, and nothing is done, when that takes waiting. */
  closeNow(): boolean;
  /** Writes what is left and closes; after a fault it closes and rejects with that fault. */
  close(): Promise<void>;
}
