/** What the payload meter did, as plain data. */
export interface PayloadCounts {
  /** Directions of flows of which nothing could be kept, because the memory was full. */
  readonly withoutMemory: number;
}
