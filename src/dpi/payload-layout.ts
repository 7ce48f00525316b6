import { Base, type FlowField, Format, Present } from '../flow/flow-field.js';
import type { Meter } from '../flow/meter.js';
import type { PayloadSettings } from './payload-settings.js';

/** The payload meter's words in a flow's extension row. */
export const enum PayloadWord {
  DirectionWords = 6,
  /** Entropy of both directions: forward in bits 0–7, reverse in 8–15. Settled when the flow ends. */
  Entropy = 2 * DirectionWords,
  Words,

  /** Of a direction. Its buffer in the payload store: offset plus one, 0 without. */
  Buffer = 0,
  /** Sequence number of its first octet. */
  Base = 1,
  /** `PayloadState`. */
  State = 2,
  /** Pieces behind a hole: where each begins in the lower half, where it ends in the upper. */
  Piece = 3,
}

export const enum PayloadState {
  /** Octets that follow each other from the first on. */
  KnownMask = 0xfff,
  PiecesShift = 12,
  MostPieces = 3,
  /** The first packet with payload was seen. */
  Started = 1 << 14,
  /** Nothing more is taken. */
  Ended = 1 << 15,
}

const ENTROPY = { base: Base.Meter, source: PayloadWord.Entropy, format: Format.Unsigned, bits: 8 };

const ENTROPY_FIELDS: readonly FlowField[] = [
  { ...ENTROPY, element: 'payloadEntropy', when: Present.Payload },
  { ...ENTROPY, element: 'reversePayloadEntropy', shift: 8, when: Present.Payload | Present.Reverse },
];

/** How the rows look to those that do not measure payload themselves: the thread that merges, the exporters. */
export function payloadLayout({ entropyOctets }: PayloadSettings): Pick<Meter, 'name' | 'words' | 'fields'> {
  return {
    name: 'payload',
    words: PayloadWord.Words,
    fields: entropyOctets > 0 ? ENTROPY_FIELDS : [],
  };
}
