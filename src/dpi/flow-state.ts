/** The words of deep packet inspection in a flow's extension row. */
export const enum DpiWord {
  /** `DpiState` bits. */
  State = 0,
  /** Label path: protocol numbers plus one, outermost in the lowest ten bits. */
  Path = 1,
  /** applicationId (RFC 6759: user-defined engine, then the label number), 0 without a label. */
  Application = 2,
  /** Slot in the payload store: offset plus one, 0 without. */
  Slot = 3,
  /** Metadata in the payload store: offset plus one, 0 without. */
  Metadata = 4,
  /** `MetadataSize`: octets of metadata, and the logarithm of its block. */
  MetadataLength = 5,
  Words = 6,
}

export const enum MetadataSize {
  LengthMask = 0xff_ffff,
  BlockShift = 24,
}

export const enum DpiState {
  /** Nothing more is wanted of the flow. */
  Done = 1 << 0,
  /** There is a protocol whose extractor gets what comes. */
  Extracting = 1 << 1,
  /** Place in the path of the label. */
  LabelShift = 2,
  LabelMask = 3 << LabelShift,
  /** `Confidence`. */
  ConfidenceShift = 4,
  ConfidenceMask = 7 << ConfidenceShift,
  /** The expectations were asked. */
  Asked = 1 << 8,
  /** Items of metadata that were left out, at most as many as the bits above can tell. */
  OmittedShift = 9,
  MostOmitted = (1 << 23) - 1,
  NoneOmitted = (1 << OmittedShift) - 1,
}

/** What a label rests on. */
export const enum Confidence {
  None = 0,
  /** The port alone. */
  Port = 1,
  /** Octets that look like it. */
  Likely = 2,
  /** Another flow announced it. */
  Expected = 3,
  /** Octets that nothing else has. */
  Inspection = 4,
}

export const CONFIDENCE_NAMES = ['none', 'port', 'likely', 'expected', 'inspection'] as const;

export const enum Path {
  Bits = 10,
  Mask = (1 << Bits) - 1,
  /** Protocols of a path at most. */
  Longest = 3,
}

/** applicationId: classification engine 6, user-defined (RFC 6759 §4.1), in the first octet. */
export const APPLICATION_ENGINE = 6 << 24;

/** Words of a slot: what is kept of a flow while it is inspected. */
export const enum Slot {
  /** Packets with payload that were looked at. */
  Packets = 0,
  /** Number plus one of the protocol that looks likely, and packet and direction that said so. */
  Likely = 1,
  /** Number plus one of the protocol whose extractor runs. */
  Protocol = 2,
  /** Working memory of the extractor: offset plus one, and size. */
  Scratch = 3,
  ScratchSize = 4,
  /** Starts of directions that were tried. */
  Starts = 5,
  /** One more than the flow's index, for the time after the batch. */
  Direction = 8,
  DirectionWords = 24,
  Memory = Direction + 2 * DirectionWords,
}

/** Words of a direction in a slot. */
export const enum Stream {
  Flags = 0,
  /** Kept octets: block in the payload store (offset plus one), its size, and how many follow each other from its start. */
  Buffer = 1,
  Size = 2,
  Length = 3,
  /** Sequence number of the first octet that is kept, or of the next one expected. */
  Base = 4,
  /** Octets to come that nobody wants: two words, low and high (2^31). */
  Skip = 5,
  /** Packets with payload. */
  Packets = 6,
  /** Pieces behind a hole: count, then start and end of each within the buffer. */
  Pieces = 7,
  Piece = 8,
  MostPieces = 3,
  /** Packets since the hole opened. */
  Waiting = 14,
  /** Bits of the protocols that want more octets before they decide. */
  Alive = 15,
  AliveWords = 8,
}

export const enum StreamFlag {
  Started = 1,
  /** The SYN was seen. */
  FromStart = 2,
  /** Octets are missing before those that come next. */
  Gap = 4,
  /** Wants nothing more. */
  Ended = 8,
  /** The candidates of its start were tried. */
  Tried = 16,
  /** No candidate is left. */
  Exhausted = 32,
}
