/**
 * The decoded batch: the contract between decode and flow. One row for each packet that is to be metered, in the order of
 * the packets; what is not metered has no row. Columns, allocated once and refilled for every batch; valid until the next
 * refill.
 */

export const enum Clock {
  /** The clock's tick: 2^18 µs, about a quarter of a second. Expiry is never early and at most this late. */
  TickUs = 262_144,
}

export const enum Size {
  /** 32-bit words of a flow key; see `W` in flow/flow-record.ts for their meaning. */
  KeyWords = 12,
  /** The key of row `k` stands at `k << KeyShift`: the power of two lets the hot loops add offsets with a bitwise or. */
  KeyShift = 4,
  /** Decapsulated tunnel layers that are kept per packet; what is nested deeper is metered as a packet of the fourth tunnel. */
  MaxTunnelLayers = 4,
  /** Words of the `tunnel` column per packet, see `TunnelWord`. */
  TunnelWords = 16,
  /** Words of the `mpls` column per packet: count of labels, then the labels, top of stack first. */
  MplsWords = 4,
}

/** Words of a row of the `tunnel` column. */
export const enum TunnelWord {
  /** One octet a layer, outermost in the lowest. */
  Kinds = 0,
  /** Third and fourth VLAN tag from the inside. */
  MoreTags = 1,
  /** Ids, outermost first. */
  Ids = 2,
  /** Outermost addresses, four words each; IPv4 uses the first. */
  Source = 6,
  Destination = 10,
  /** IP version of the outermost addresses. */
  Version = 14,
}

/** Bits of the `facts` column. */
export const enum Fact {
  /** RFC 9293 §3.1 control bits, AE (bit 8) and the three reserved bits. */
  TcpFlagsMask = 0xfff,
  /** Octet 13 of the TCP header was captured. */
  TcpFlagsPresent = 1 << 12,
  TcpSequencePresent = 1 << 13,
  /** ICMP or ICMPv6: the port word is type and code, and the same in both directions. */
  Icmp = 1 << 14,
  /** Offset 0, more fragments follow. */
  FragmentFirst = 1 << 15,
  /** Offset > 0: carries no transport header. */
  FragmentLater = 1 << 16,
  PortsPresent = 1 << 17,
  /** The `tunnel` column holds the decapsulated layers. */
  Tunnel = 1 << 18,
  /** The `mpls` column holds the label stack. */
  Mpls = 1 << 19,
  /** At least one VLAN tag. */
  Vlan = 1 << 20,
  /** There is an Ethernet header, at `linkOffset`. */
  Ethernet = 1 << 21,
  /** More than two VLAN tags: the `tunnel` column has the third and fourth. */
  MoreTags = 1 << 22,
}

/** Bits of the `lengthTtl` column. */
export const enum LengthTtl {
  LengthMask = 0xffffff,
  TtlShift = 24,
}

export class DecodedBatch {
  /** What the offsets point into: the capture's buffer. */
  octets: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.octets.buffer);

  count = 0;
  /** Number in the run of the batch's first packet; `row` counts from it. */
  firstNumber = 0;
  /** Latest time stamp among the packets that are metered, by this worker or another, µs; -1 without any. */
  latestUs = -1;
  /** How many rows are fragments. */
  fragments = 0;
  /** Inclusive or of the rows' nanoseconds: 0 when all times are whole microseconds. */
  nanoseconds = 0;
  /**
   * Where the clock passes a tick: packets, of this worker or another, whose time stamp reaches `tickUs`, which moves on
   * with each. For each its time, the latest time before it in this batch, its row in the packet batch, and the rows of this
   * batch that come before it.
   */
  ticks = 0;
  tickUs = 0;
  readonly tickTimeUs: Float64Array;
  readonly tickLatestUs: Float64Array;
  readonly tickRow: Int32Array;
  readonly tickPlace: Int32Array;

  /** Row of the packet in its packet batch. */
  readonly row: Int32Array;
  readonly timeUs: Float64Array;
  readonly timeNs: Int32Array;
  /** Flow key as the packet has it, source first; IPv4 leaves the words 1–3 and 5–7 undefined. */
  readonly key: Int32Array;
  /** Keyed hash of the key, the same for both directions. */
  readonly hash: Int32Array;
  /** `Fact` bits. */
  readonly facts: Int32Array;
  /** Octets of the IP packet as its header says, 16,777,215 at most; above them the TTL or hop limit. */
  readonly lengthTtl: Int32Array;
  /** Type of service or traffic class in bits 0–7, outermost VLAN priority in 16–18, innermost in 20–22. */
  readonly service: Int32Array;
  /** Offset of the innermost Ethernet header when Fact.Ethernet. */
  readonly linkOffset: Int32Array;
  /** Offset of the transport header, which may lie beyond what was captured. */
  readonly transportOffset: Int32Array;
  /** Offset behind the last captured octet. */
  readonly end: Int32Array;
  /** Octets of transport payload by the IP length, captured or not. */
  readonly payloadLength: Int32Array;
  /** Identification of the datagram when it is a fragment. */
  readonly identification: Int32Array;
  /** `Size.TunnelWords` words a packet when Fact.Tunnel or Fact.MoreTags. */
  readonly tunnel: Int32Array;
  /** `Size.MplsWords` words a packet when Fact.Mpls. */
  readonly mpls: Int32Array;

  /** Flow index × 2 + direction (0 forward, 1 reverse): written by the flow cache. */
  readonly flow: Int32Array;
  /** Rows that are the first packet of their flow in their direction; `firsts` of them. Written by the flow cache. */
  readonly first: Int32Array;
  firsts = 0;
  /** Rows with SYN; `syns` of them. Written by the flow cache. */
  readonly syn: Int32Array;
  syns = 0;

  constructor(readonly capacity: number) {
    this.tickTimeUs = new Float64Array(capacity);
    this.tickLatestUs = new Float64Array(capacity);
    this.tickRow = new Int32Array(capacity);
    this.tickPlace = new Int32Array(capacity);
    this.row = new Int32Array(capacity);
    this.timeUs = new Float64Array(capacity);
    this.timeNs = new Int32Array(capacity);
    this.key = new Int32Array(capacity << Size.KeyShift);
    this.hash = new Int32Array(capacity);
    this.facts = new Int32Array(capacity);
    this.lengthTtl = new Int32Array(capacity);
    this.service = new Int32Array(capacity);
    this.linkOffset = new Int32Array(capacity);
    this.transportOffset = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
    this.payloadLength = new Int32Array(capacity);
    this.identification = new Int32Array(capacity);
    this.tunnel = new Int32Array(capacity * Size.TunnelWords);
    this.mpls = new Int32Array(capacity * Size.MplsWords);
    this.flow = new Int32Array(capacity);
    this.first = new Int32Array(capacity);
    this.syn = new Int32Array(capacity);
  }

  /** Begins a batch over the packets of `octets`. */
  begin(octets: Uint8Array, view: DataView, firstNumber: number): void {
    this.octets = octets;
    this.view = view;
    this.firstNumber = firstNumber;
    this.latestUs = -1;
    this.count = 0;
    this.fragments = 0;
    this.nanoseconds = 0;
    this.ticks = 0;
  }

  /** Notes that the packet of row `row` moves the clock to `timeUs`; comes before `latestUs` is told of it. */
  noteTick(timeUs: number, row: number): void {
    this.tickTimeUs[this.ticks] = timeUs;
    this.tickLatestUs[this.ticks] = this.latestUs;
    this.tickRow[this.ticks] = row;
    this.tickPlace[this.ticks++] = this.count;
    this.tickUs = (Math.floor(timeUs / Clock.TickUs) + 1) * Clock.TickUs;
  }
}
