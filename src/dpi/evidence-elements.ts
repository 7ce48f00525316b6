import { type Element, ElementType } from './protocol.js';

/** Places of the elements below. */
export const enum EvidencePlace {
  Entry = 0,
  Protocol = 1,
  Confidence = 2,
  Packet = 3,
  Direction = 4,
  Octets = 5,
}

/** What `weir labels test` shows, as metadata of its own beside that of the protocols. */
export const EVIDENCE_ELEMENTS: readonly Element[] = [
  { name: 'steps', type: ElementType.Group, many: true },
  { name: 'protocol', type: ElementType.Unsigned, within: 'steps' },
  { name: 'confidence', type: ElementType.Unsigned, within: 'steps' },
  { name: 'packet', type: ElementType.Unsigned, within: 'steps' },
  { name: 'direction', type: ElementType.Unsigned, within: 'steps' },
  { name: 'octets', type: ElementType.Octets, within: 'steps' },
];

/** What a record says of inspection itself. */
export const INSPECTION_ELEMENTS: readonly Element[] = [
  // Groups and values that found no room, or were beyond what is taken of a protocol.
  { name: 'omitted', type: ElementType.Unsigned },
];
