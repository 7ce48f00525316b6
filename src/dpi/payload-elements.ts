import { PayloadBound } from './payload-settings.js';
import { type Element, ElementType } from './protocol.js';

/** Places of the elements below. */
export const enum PayloadPlace {
  Forward = 0,
  Reverse = 1,
}

/** What a direction begins with, which travels as metadata of its own beside that of the protocols. */
export const PAYLOAD_ELEMENTS: readonly Element[] = [
  { name: 'payload', type: ElementType.Octets, max: PayloadBound.Octets, ie: 'payload' },
  { name: 'reversePayload', type: ElementType.Octets, max: PayloadBound.Octets, ie: 'reversePayload' },
];
