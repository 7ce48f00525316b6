/** What of payload itself is measured. Plain data, so that it can be sent between threads. */
export interface PayloadSettings {
  /** Octets of each direction that entropy is computed over; 0 for no entropy. */
  readonly entropyOctets: number;
  /** Octets of each direction that are exported as they are; 0 for none. */
  readonly exportOctets: number;
  /** Octets of memory for what is kept of all flows: those of deep packet inspection when it runs, too. */
  readonly memoryOctets: number;
}

export const enum PayloadBound {
  /** Octets of a direction at most. */
  Octets = 2_048,
}
