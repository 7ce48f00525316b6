import { Item } from './metadata.js';
import type { ElementType } from './protocol.js';

/** Reading of metadata (`MetadataWriter`): items one after the other, groups with their items inside. */

export function itemNumber(source: Uint8Array, item: number): number {
  return ((source[item] << 8) | source[item + 1]) & Item.NumberMask;
}

export function itemType(source: Uint8Array, item: number): ElementType {
  return source[item] >>> (Item.TypeShift - 8);
}

/** Where the item ends, and the next one begins. */
export function itemEnd(source: Uint8Array, item: number): number {
  return item + Item.HeaderOctets + ((source[item + Item.Length] << 8) | source[item + Item.Length + 1]);
}

/** The whole number in octets `from` to `to`. */
export function unsignedOf(source: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let p = from; p < to; p++) value = value * 256 + source[p];
  return value;
}
