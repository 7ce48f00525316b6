import type { MetadataWriter } from './metadata.js';

/**
 * The shape of a protocol: one file in `protocols/` exports one `Protocol`, one line in `protocols/index.ts` lists it.
 * See docs/dpi.md, "Adding a protocol".
 */

/** What a recogniser says of the octets it was shown. */
export const enum Verdict {
  /** Not this protocol, whatever follows. */
  NoMatch = 0,
  /** It may be: show more. Without more it is not this protocol. */
  NeedMore = 1,
  /** It is this protocol. */
  Match = 2,
  /** Looks like it and nothing speaks against it: the label unless another protocol matches before inspection ends. */
  Likely = 3,
}

/** What an extractor answers in place of a count of octets. */
export const enum Extract {
  /** Needs more octets of this direction before it can go on. */
  More = 0,
  /** Wants nothing more of this direction. */
  EndDirection = -1,
  /** Wants nothing more of the flow. */
  End = -2,
}

/** Transports that a protocol runs over, bits. */
export const enum Transport {
  Tcp = 1,
  Udp = 2,
  Both = 3,
}

export const enum ElementType {
  /** Octets that are shown as text; what is not printable UTF-8 is escaped when it is shown. */
  Text = 1,
  /** Octets that are shown in hexadecimal. */
  Octets = 2,
  /** A whole number below 2^48. */
  Unsigned = 3,
  Ipv4 = 4,
  Ipv6 = 5,
  /** A set of elements; nests up to `MetadataBound.Depth` deep. */
  Group = 6,
  /** 1 or 0, shown as true or false. */
  Flag = 7,
  /** Seconds since 1970, whole; shown as a date. */
  Seconds = 8,
  /** Milliseconds since 1970, whole; shown as a date. */
  Milliseconds = 9,
}

/** One piece of metadata. Its number within the protocol is its place in `elements`. */
export interface Element {
  /** Key in JSON, within the protocol's object. */
  readonly name: string;
  readonly type: ElementType;
  /** May occur more than once: a list in JSON. */
  readonly many?: boolean;
  /** Octets at most; longer values are cut, and counted. Default: 256. */
  readonly max?: number;
  /** Information Element (name in the information model) that takes the first value in a flat IPFIX record. */
  readonly ie?: string;
  /** Masked unless `--dpi-secrets`. */
  readonly secret?: boolean;
  /** Name of the Group element that it stands in. */
  readonly within?: string;
}

/** Shows octets of one direction to a protocol, and what the flow is like. One object for all flows, valid during the call. */
export interface FlowView {
  readonly transport: Transport;
  /** 0: from the sender of the flow's first packet. */
  readonly direction: 0 | 1;
  /** TCP: the octets begin where the stream does (its SYN was seen). UDP: this is the first datagram of the direction. */
  readonly isStart: boolean;
  /** Nothing will follow these octets without a gap: take what is there. */
  readonly isLast: boolean;
  /** Octets before these are missing. */
  readonly afterGap: boolean;
  /** Packets with payload of this direction so far, this one included. */
  readonly packets: number;
  /** The same of the other direction. */
  readonly otherPackets: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** UDP: payload octets of the datagram on the wire; more than shown when the packet was cut. */
  readonly wireOctets: number;
  /** Time of the packet, µs since 1970. */
  readonly timeUs: number;
  /** Octets of the other direction that are kept (those not yet consumed); `otherFrom` equals `otherTo` without any. */
  readonly otherOctets: Uint8Array;
  readonly otherFrom: number;
  readonly otherTo: number;
  /** `Protocol.words` words for the recogniser, and `Extractor.words` for the extractor, from `memory` on; zero at first. */
  readonly words: Int32Array;
  memory: number;
  /** Metadata is wanted: else an extractor only refines. */
  readonly wantsMetadata: boolean;
  /** Takes what the extractor finds. */
  readonly out: MetadataWriter;
  /** Working memory of an extractor: `scratchSize` octets of `scratchOctets` from `scratchAt` on, after `scratch` answered true. */
  scratch(octets: number): boolean;
  readonly scratchOctets: Uint8Array;
  readonly scratchAt: number;
  readonly scratchSize: number;
  /** Adds the protocol of that place in `Protocol.refines` to the label path; as the flow's label when it `replaces`. */
  refine(place: number, replaces: boolean): void;
  /**
   * Hands what follows the octets consumed now, of both directions, to the extractor of that protocol, and refines to it. UDP:
   * it gets this datagram, too.
   */
  handOver(place: number, replaces?: boolean): void;
  /** Eight a call at most. A flow of `transport` between the same two addresses, with that port on either side, will be the protocol of that place. */
  expect(transport: Transport, port: number, place: number): void;
  /** What follows the octets consumed now, of both directions, is to be recognised anew. */
  inspectAnew(): void;
  /** The flow tells the name of the host that it is for; the first one counts. A protocol that does `tellsHosts`. */
  host(octets: Uint8Array, from: number, to: number): void;
}

/** Takes metadata from the octets of a flow whose protocol is known. */
export interface Extractor {
  /** Words of memory, zero at first. */
  readonly words?: number;
  /** TCP: octets of a direction that are kept at most while it asks for more. Default: 16,384. */
  readonly window?: number;
  /** TCP: goes on behind a gap; else a gap ends the direction. */
  readonly resumes?: boolean;
  /**
   * TCP: gets what it has not consumed yet, in order, and answers how many octets it consumes; more than there are skips
   * what is still to come. It is called again at once with what is left. UDP: gets each datagram; any count goes on.
   */
  extract(octets: Uint8Array, from: number, to: number, flow: FlowView): number;
}

/** What four octets from `at` on, the first of them highest, have in the bits of `mask`. */
export interface Mark {
  readonly at: number;
  readonly mask: number;
  readonly value: number;
}

export interface Protocol {
  /** Lower case, as it stands in labels; its number stands in labels.ts. */
  readonly name: string;
  /** In words, for `weir labels`. */
  readonly title: string;
  /** How it is recognised, one sentence for `weir labels`. */
  readonly evidence: string;
  readonly transports: Transport;
  /** Registered ports. They decide which protocol is tried first, never whether it matches. */
  readonly ports: readonly number[];
  /** First octets that it can begin with; any when left out. */
  readonly first?: readonly number[];
  /** UDP: what its datagrams have but for those at its ports; without it they are not shown to `recognise`. */
  readonly mark?: Mark;
  /** UDP: it is told at its ports alone. */
  readonly needsPort?: boolean;
  /** Fewest octets that can be told. Default: 1. */
  readonly least?: number;
  /** Words of memory for the recogniser. */
  readonly words?: number;
  /**
   * Looks at the octets from the start of a direction (TCP: the stream as far as it is known, UDP: one datagram). Called
   * again with more while it says NeedMore. Bounded work, no throw, reads only from `from` to `to`.
   */
  recognise(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict;
  /** Names of protocols that `refine` and `handOver` count. */
  readonly refines?: readonly string[];
  readonly elements?: readonly Element[];
  readonly extractor?: Extractor;
  /** The extractor also runs for labels alone, because it refines them. */
  readonly refinesLabels?: boolean;
  /** The extractor also runs when there are rules for hosts. */
  readonly tellsHosts?: boolean;
}
