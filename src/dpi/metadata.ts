import { type Element, ElementType, Extract } from './protocol.js';
import type { PayloadStore } from './payload-store.js';

/**
 * Metadata of a flow in binary: items one after the other, each a two-octet element number with the type in the upper four
 * bits, a two-octet length, and the value. A group's value is items. Whoever has the list of protocols can read it; the
 * type and length alone suffice to walk it.
 */
export const enum Item {
  Type = 0,
  Length = 2,
  HeaderOctets = 4,
  TypeShift = 12,
  NumberMask = 0xfff,
}

export const enum MetadataBound {
  /** Octets of a flow's metadata, `LONGEST_METADATA`. */
  Flow = 262_144,
  /** The same while more than half of the memory is in use: a few flows must not take it all. */
  TightFlow = 32_768,
  /** Octets that are kept back for the item that says how many others were left out. */
  Reserve = 16,
  Value = 256,
  /** Nesting of groups. */
  Depth = 4,
  /** First block of a flow. */
  FirstBlock = 128,
}

const MASK = Buffer.from('***');

/**
 * Writes the items of the flow that is inspected now into a block of the payload store, which grows by moving to a larger
 * one up to `MetadataBound.Flow`. What does not fit is left out and counted.
 */
export class MetadataWriter {
  /** Time of the packet at hand, µs since 1970. */
  readonly clockUs = new Float64Array(1);
  /** Block of the current flow: -1 without one. Kept by the inspector between calls. */
  at = -1;
  size = 0;
  length = 0;
  /** Number of the current protocol's first element, and its elements. */
  base = 0;
  elements: readonly Element[] = [];
  isOn = false;
  showsSecrets = false;
  /** Values that were cut to their bound, and items that found no room; a group counts as one. */
  cut = 0;
  omitted = 0;
  /** The same of the current flow, since `turn`. */
  omittedHere = 0;
  private readonly open = new Int32Array(MetadataBound.Depth);
  private depth = 0;
  /** Groups that were begun beyond depth or room, and what stands in them. */
  private lost = 0;

  constructor(private readonly store: PayloadStore) {}

  /** Turns to another flow's block. */
  turn(at: number, size: number, length: number): void {
    this.at = at;
    this.size = size;
    this.length = length;
    this.depth = 0;
    this.lost = 0;
    this.omittedHere = 0;
  }

  text(number: number, octets: Uint8Array, from: number, to: number): void {
    if (!this.isOn) return;
    const { secret } = this.elements[number];
    if (secret === true && !this.showsSecrets) this.copy(number, ElementType.Text, MASK, 0, MASK.length);
    else this.copy(number, ElementType.Text, octets, from, to);
  }

  octets(number: number, octets: Uint8Array, from: number, to: number): void {
    const { secret } = this.elements[number];
    if (secret === true && !this.showsSecrets) this.copy(number, ElementType.Text, MASK, 0, MASK.length);
    else this.copy(number, ElementType.Octets, octets, from, to);
  }

  ipv4(number: number, octets: Uint8Array, from: number): void {
    this.copy(number, ElementType.Ipv4, octets, from, from + 4);
  }

  ipv6(number: number, octets: Uint8Array, from: number): void {
    this.copy(number, ElementType.Ipv6, octets, from, from + 16);
  }

  flag(number: number, value: boolean): void {
    this.number(number, ElementType.Flag, value ? 1 : 0, 1);
  }

  unsigned(number: number, value: number): void {
    this.number(
      number,
      ElementType.Unsigned,
      value,
      value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1_0000_0000 ? 4 : 6,
    );
  }

  /** Seconds since 1970, negative ones left out. */
  seconds(number: number, value: number): void {
    if (value >= 0) this.number(number, ElementType.Seconds, value, 6);
  }

  /** The time of the packet at hand, in milliseconds. */
  time(number: number): void {
    const ms = Math.floor(this.clockUs[0] / 1_000);
    if (!(ms >= 0) || !this.reserve(6)) return;
    // Written here, since the engine would make an object of such a number to hand it on.
    this.header(number, ElementType.Milliseconds, 6);
    const { view } = this.store;
    const high = Math.floor(ms / 0x1_0000_0000);
    view.setInt16(this.at + this.length, high);
    view.setInt32(this.at + this.length + 2, (ms - high * 0x1_0000_0000) | 0);
    this.length += 6;
  }

  /** Begins a group; `end` must follow. Answers whether there is room for it: else what is in it need not be written. */
  begin(number: number): boolean {
    if (this.lost > 0 || this.depth === MetadataBound.Depth || !this.reserve(0)) {
      this.lost++;
      return false;
    }
    this.open[this.depth++] = this.length;
    this.header(number, ElementType.Group, 0);
    return true;
  }

  end(): void {
    if (this.lost > 0) {
      this.lost--;
      return;
    }
    if (this.depth === 0) return;
    const start = this.open[--this.depth];
    const length = this.length - start - Item.HeaderOctets;
    const { octets } = this.store;
    octets[this.at + start + Item.Length] = length >>> 8;
    octets[this.at + start + Item.Length + 1] = length;
  }

  /** Counts something that the protocol leaves out because of a bound of its own. Answers what an extractor then does. */
  stop(): Extract.End {
    if (this.isOn) this.omit();
    return Extract.End;
  }

  /** Writes down how many items of the flow were left out, into the octets kept back for that. */
  writeOmitted(base: number, count: number): void {
    if (this.size === 0) return;
    this.base = base;
    this.put(0, ElementType.Unsigned, count, 4);
  }

  /** Ends the groups that are still open. */
  closeAll(): void {
    this.lost = 0;
    while (this.depth > 0) this.end();
  }

  private number(number: number, type: ElementType, value: number, octets: number): void {
    if (this.reserve(octets)) this.put(number, type, value, octets);
  }

  private put(number: number, type: ElementType, value: number, octets: number): void {
    this.header(number, type, octets);
    const target = this.store.octets;
    const at = this.at + this.length;
    const high = Math.floor(value / 0x1_0000_0000);
    for (let n = octets - 1, rest = (value - high * 0x1_0000_0000) | 0; n >= 0; n--) {
      target[at + n] = rest;
      rest = n === octets - 4 ? high : rest >>> 8;
    }
    this.length += octets;
  }

  private copy(number: number, type: ElementType, octets: Uint8Array, from: number, to: number): void {
    if (!this.isOn) return;
    const max = this.elements[number].max ?? MetadataBound.Value;
    let length = to > from ? to - from : 0;
    if (length > max) {
      length = max;
      this.cut++;
    }
    if (!this.reserve(length)) return;
    this.header(number, type, length);
    const target = this.store.octets;
    const at = this.at + this.length;
    for (let n = 0; n < length; n++) target[at + n] = octets[from + n];
    this.length += length;
  }

  private header(number: number, type: ElementType, length: number): void {
    const { octets } = this.store;
    const at = this.at + this.length;
    const word = (type << Item.TypeShift) | (this.base + number);
    octets[at] = word >>> 8;
    octets[at + 1] = word;
    octets[at + 2] = length >>> 8;
    octets[at + 3] = length;
    this.length += Item.HeaderOctets;
  }

  private omit(): void {
    this.omitted++;
    this.omittedHere++;
  }

  /** Makes room for an item of `length` octets. */
  private reserve(length: number): boolean {
    // What stands in a group that was left out counts with it.
    if (!this.isOn || this.lost > 0) return false;
    const needed = this.length + Item.HeaderOctets + length + MetadataBound.Reserve;
    if (needed <= this.size) return true;
    const { store } = this;
    let size = this.size === 0 ? MetadataBound.FirstBlock : 2 * this.size;
    while (size < needed) size *= 2;
    const bound = 2 * store.used > store.octets.length ? MetadataBound.TightFlow : MetadataBound.Flow;
    const moved = size > bound ? -1 : store.take(size);
    if (moved < 0) {
      this.omit();
      return false;
    }
    store.octets.copyWithin(moved, this.at, this.at + this.length);
    if (this.size > 0) store.give(this.at, this.size);
    this.at = moved;
    this.size = size;
    return true;
  }
}
