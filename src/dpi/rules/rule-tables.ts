/**
 * The label rules of the user as tables: what the reader of rule files hands to inspection. Plain data, so that it can be
 * sent between threads.
 */

/** What a rule asks for, bits; all of it must hold. */
export const enum Condition {
  Ports = 1,
  Networks = 2,
  Prefix = 4,
  Expression = 8,
  Hosts = 16,
  /** Those that look at octets. */
  Payload = Prefix | Expression,
}

/** Whose first octets a rule looks at. */
export const enum Side {
  Either = 0,
  Client = 1,
  Server = 2,
}

/** Words of a rule. Lists stand in `ranges`, from the first word to the word behind the last. */
export const enum RuleWord {
  /** `Condition` bits. */
  Conditions = 0,
  /** Place of its label in the list of names: see `service-names.ts`. */
  Name = 1,
  /** Number of its label: selector of applicationId. */
  Number = 2,
  Side = 3,
  /** Triples: `Transport` bits, lowest and highest port. */
  Ports = 4,
  PortsEnd = 5,
  /** Pairs of lowest and highest address, in order, none within another. */
  Networks4 = 6,
  Networks4End = 7,
  /** The same, four words an address. */
  Networks6 = 8,
  Networks6End = 9,
  /** Triples: offset in the payload, and where the octets begin and end in `octets`. */
  Prefixes = 10,
  PrefixesEnd = 11,
  /** Number of its program, -1 without. */
  Program = 12,
  /** Bit in the flow that says that the payload fits, for a rule that asks for a host as well; 0 for others. */
  PayloadBit = 13,
  Words = 14,
}

/** Words of a host suffix. */
export const enum HostWord {
  Hash = 0,
  /** Where it stands in `octets`, lower case. */
  At = 1,
  Length = 2,
  /** Its rules in `hostRules`. */
  Rules = 3,
  RulesEnd = 4,
  /** Number plus one of the next shorter suffix of it that is listed, 0 without. */
  Shorter = 5,
  Words = 6,
}

/** Words of an expression's program: a header, the class of each octet, the instructions, the sets. */
export const enum ProgramWord {
  Instructions = 0,
  Entry = 1,
  Classes = 2,
  /** First word of the instructions, and of the sets. */
  Code = 3,
  Sets = 4,
  ClassOf = 5,
  First = ClassOf + 256,
}

export const enum Op {
  /** An octet whose class is in set `x`, then `y`. A set has a bit for each class. */
  Octet = 0,
  /** Both `x` and `y`. */
  Split = 1,
  /** Only before the first octet; then `x`. */
  Begin = 2,
  /** Only behind the last octet; then `x`. */
  End = 3,
  Match = 4,
}
export const enum Instruction {
  Op = 0,
  X = 1,
  Y = 2,
  Words = 3,
}

export const enum RuleBound {
  /** Octets of a label's name. */
  Name = 32,
  Rules = 2_048,
  Hosts = 65_536,
  /** Octets of a host name (RFC 1035 §2.3.4). */
  Host = 253,
  Networks = 16_384,
  /** Ranges of ports, and prefixes, of one rule. */
  Ports = 64,
  Prefixes = 8,
  PrefixOctets = 64,
  Programs = 256,
  /** Characters of an expression, and instructions that it may come to. */
  Expression = 512,
  Instructions = 1_024,
  /** Octets of a packet's payload that prefixes and expressions look at. */
  PayloadOctets = 1_024,
  /** Rules that ask for a host and for payload. */
  PayloadBits = 12,
  /** Numbers of labels that rules may give, and those that they get without. */
  LeastNumber = 62_000,
  LeastFreeNumber = 64_000,
  LargestNumber = 65_535,
}

/** A label that rules give. */
export interface RuleName {
  /** Number plus one in the list of names. */
  readonly place: number;
  readonly name: string;
  /** Number of the label. */
  readonly number: number;
}

export interface RuleTables {
  readonly names: readonly RuleName[];
  /** `RuleWord.Words` words each, in the order in which they are asked. */
  readonly rules: Int32Array;
  readonly ranges: Int32Array;
  readonly octets: Uint8Array;
  /** `HostWord.Words` words each. */
  readonly hosts: Int32Array;
  /** Hash table of a power of two: numbers plus one in `hosts`. */
  readonly hostSlots: Int32Array;
  readonly hostRules: Int32Array;
  readonly programs: readonly Int32Array[];
  /** Whether there are rules that ask for a host, for payload, and for nothing but the ends of a flow. */
  readonly hasHosts: boolean;
  readonly hasPayload: boolean;
  readonly hasEnds: boolean;
}
