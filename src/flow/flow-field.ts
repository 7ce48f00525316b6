/**
 * How a flow record's words become Information Elements: one table that the IPFIX templates, the IPFIX encoder, the JSON
 * and the CSV writers all read. A field names its element, where its value stands in a closed record, and when it is there.
 */

export const enum Format {
  /** How the words of a closed record hold a value. */
  Unsigned = 0, // `bits` bits of one word from bit `shift` on
  Float = 1, // a whole number in a 64-bit float (`source` counts 64-bit floats)
  Time = 2, // µs in a 64-bit float, ns beyond from bit `shift` of the nanosecond word
  Address = 3, // IPv4: one word; IPv6: four
  Mac = 4, // 48 bits: a word and the upper half of the next (`shift` 0) or its lower half and the next (`shift` 16)
  TcpBits = 5, // tcpControlBits from the packed flags word; `shift` 0 forward, 16 reverse
}

/** Which part of a closed record `source` counts from. */
export const enum Base {
  Record = 0,
  /** The extension row. */
  Extension = 1,
  /** The meter's own words in the extension row. */
  Meter = 2,
  Tunnel = 3,
  Mpls = 4,
}

/** Conditions a field may have: all bits must be in the record's presence word. */
export const enum Present {
  Always = 0,
  Ipv4 = 1 << 0,
  Ipv6 = 1 << 1,
  Reverse = 1 << 2,
  Tcp = 1 << 3,
  Ethernet = 1 << 4,
  Vlan = 1 << 5,
  TunnelIpv4 = 1 << 6,
  TunnelIpv6 = 1 << 7,
  Mpls = 1 << 8,
  Icmp = 1 << 9,
  /** The flow has an application label. */
  Label = 1 << 10,
  /** Packets had payload, and what it begins with was kept. */
  Payload = 1 << 11,
}
/** One more than the highest presence word. */
export const PRESENCE_VALUES = 1 << 12;

export interface FlowField {
  /** Name in the information model (ipfix/information-model.ts); the reverse element's own name for the other direction. */
  readonly element: string;
  /** Word counted from `base`, the start of the record by default; for Format.Float and Format.Time the 64-bit float. */
  readonly source: number;
  readonly base?: number;
  readonly format: number;
  readonly shift?: number;
  readonly bits?: number;
  readonly when?: number;
}
