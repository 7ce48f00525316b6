/** A label rule as a file gives it, understood and within its bounds. */
export interface LabelRule {
  readonly name: string;
  /** Number of the label; null when the file gives none. */
  readonly number: number | null;
  /** In words, for `weir labels`. */
  readonly title: string;
  /** File and line. */
  readonly place: string;
  readonly side: 'either' | 'client' | 'server';
  readonly ports: readonly PortRange[];
  readonly networks: readonly Network[];
  readonly prefixes: readonly PayloadPrefix[];
  readonly expression: Expression | null;
  /** Lower case, without dots at their ends. */
  readonly hosts: readonly string[];
}

export interface PortRange {
  readonly transport: 'tcp' | 'udp' | 'both';
  readonly low: number;
  readonly high: number;
}

/** Lowest and highest address, as words: one for IPv4, four for IPv6. */
export interface Network {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface PayloadPrefix {
  /** Octets of payload before it. */
  readonly at: number;
  readonly octets: Uint8Array;
}

export interface Expression {
  readonly source: string;
  /** As `rule-tables.ts` has it. */
  readonly program: Int32Array;
}
