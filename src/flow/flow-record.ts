/**
 * The flow record as the cache holds it: 128 octets, two cache lines, in one array of structures that is seen through an
 * Int32Array and a Float64Array. Offsets are in 32-bit words (`W_`) or 64-bit floats (`F_`).
 *
 * The first line is what every lookup reads; the second what the counters write.
 */

export const enum W {
  /** Key, 12 words, as the first packet had it. */
  SourceAddress = 0, // 4 words; IPv4 uses the first
  DestinationAddress = 4,
  Ports = 8, // source port in the upper half; ICMP: type and code in the lower
  Protocol = 9, // protocol | IP version << 8 | ingress interface << 16 (when asked for)
  Vlan = 10, // innermost id | next id << 12
  Scope = 11, // 0, or the keyed hash of tunnel layers and further tags, compared in full in the tunnel store
  Hash = 12,
  State = 13, // `State` bits
  Packets = 22,
  ReversePackets = 23,
  Nanoseconds = 24, // ns beyond the µs: start | end << 10 | reverse start << 20
  TcpFlags = 25, // initial | union << 8 | reverse initial << 16 | reverse union << 24
  /** Smallest IP length (24 bits) and TTL (8 bits), then the largest ones; then both of the reverse direction. */
  Smallest = 26,
  Largest = 27,
  ReverseSmallest = 28,
  ReverseLargest = 29,
  Attributes = 30,
  ReverseAttributes = 31,
}

/** 64-bit floats of the record. */
export const enum F {
  End = 7, // last packet of either direction, µs
  Start = 8,
  Octets = 9,
  ReverseOctets = 10,
}

/**
 * The extension row: what is written once or twice in a flow's life and would only take room in the cache lines above.
 * These words belong to the cache and the base meters; those of further meters follow.
 */
export const enum Extension {
  /** Number of the flow's first packet in the run, a float: the record's identity and its place in the output order. */
  FirstNumber = 0,
  /** First packet of the reverse direction, µs, a float. */
  ReverseStart = 1,
  /** First TCP sequence number of each direction, words. */
  Sequence = 4,
  ReverseSequence = 5,
  Words = 6,
}

export const enum Record {
  Words = 32,
  Floats = 16,
  /** Record `f` begins at word `f << Shift` and at float `f << FloatShift`: the hot loops add offsets with a bitwise or. */
  Shift = 5,
  FloatShift = 4,
}

export const enum State {
  FinForward = 1 << 1,
  FinReverse = 1 << 2,
  FinForwardAcked = 1 << 3,
  FinReverseAcked = 1 << 4,
  TcpClosed = State.FinForward | State.FinReverse | State.FinForwardAcked | State.FinReverseAcked,
  /** The tunnel store has a row for the flow: decapsulated layers and further tags. */
  Layers = 1 << 5,
  /** The record continues a flow that was ended by the active timeout. */
  Continuation = 1 << 6,
  /** The time of the first packet of the reverse direction is known. */
  ReverseTimed = 1 << 7,
  /** What the first packet had: a decapsulated tunnel, MPLS labels, a VLAN tag, an Ethernet header. */
  Tunnel = 1 << 18,
  Mpls = 1 << 19,
  Vlan = 1 << 20,
  Ethernet = 1 << 21,
  /** TCP control bit 8 (AE) was seen: bit for forward, the next for reverse. */
  AeShift = 16,
  /** flowEndReason while the record is on its way out. */
  EndReasonShift = 8,
  /** The flow has ended: it has a reason. */
  Closed = 0xff << State.EndReasonShift,
}

export const enum EndReason {
  /** flowEndReason (IANA element 136). */
  Idle = 1,
  Active = 2,
  OfFlow = 3,
  Forced = 4,
  LackOfResources = 5,
}
