import { itemEnd, itemNumber, itemType } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { ElementType } from '../../../dpi/protocol.js';
import { writeUtf8 } from '../../text/utf8.js';
import { itemTextOctets, writeItemOctets, writeItemText, writeWhole } from '../value-octets.js';

const enum Octets {
  /** The longest list, and room for the three octets of a length that moves to one. */
  Buffer = 65_535 + 16,
  LongestShort = 254,
  LongLength = 3,
  LongMark = 255,
}

/** Item without a value: what `first` answers when there is none. */
export const NONE = -1;

/**
 * Writes structured data within a bound. `end` is where what is written now must end; whoever writes several things in a
 * row keeps the least that the later ones need out of it, so that a list is always complete, with fewer or shorter values.
 */
export class DetailsWriter {
  readonly octets = new Uint8Array(Octets.Buffer);
  at = 0;
  end = 0;
  /** Metadata of the flow. */
  source: Uint8Array = this.octets;
  /** Values that were cut, and values and records that were left out, for lack of room. */
  shortened = 0;
  omitted = 0;

  begin(source: Uint8Array, most: number): void {
    this.source = source;
    this.at = 0;
    this.end = most;
  }

  get room(): number {
    return this.end - this.at;
  }

  /** First item of an element among the items from `from` to `to` and in their groups; `NONE` without one. */
  first(number: number, from: number, to: number): number {
    const { source } = this;
    if (number < 0) return NONE;
    for (let item = from; item + Item.HeaderOctets <= to;) {
      if (itemNumber(source, item) === number) return item;
      item = itemType(source, item) === ElementType.Group ? item + Item.HeaderOctets : itemEnd(source, item);
    }
    return NONE;
  }

  /** The next one behind `item`. */
  next(number: number, item: number, to: number): number {
    return this.first(number, itemEnd(this.source, item), to);
  }

  whole(width: number, value: number): void {
    this.at = writeWhole(this.octets, this.at, width, value);
  }

  /** Octets of an item with its length in front. */
  variableOctets(item: number): void {
    const start = this.beginVariable();
    if (item >= 0) {
      const limit = this.limitOf(start);
      this.at = writeItemOctets(this.octets, this.at, limit, this.source, item);
      if (this.at - start < itemEnd(this.source, item) - item - Item.HeaderOctets) this.shortened++;
    }
    this.endVariable(start);
  }

  /** Octets of an item, cut or filled with zeros to `width`. */
  fixedOctets(item: number, width: number): void {
    const { octets, at } = this;
    octets.fill(0, at, at + width);
    if (item >= 0) writeItemOctets(octets, at, at + width, this.source, item);
    this.at = at + width;
  }

  /** Begins a value of variable length whose length is not known yet. Answers where its content begins. */
  beginVariable(): number {
    this.at += Octets.LongLength;
    return this.at;
  }

  /** Adds the text of an item to the value that begins at `start`. */
  addText(item: number, start: number): void {
    const limit = this.limitOf(start);
    if (itemTextOctets(this.source, item) > limit - this.at) this.shortened++;
    this.at = writeItemText(this.octets, this.at, limit, this.source, item);
  }

  /** Adds octets `from` to `to` of `source` as text. */
  addOctets(source: Uint8Array, from: number, to: number, start: number): void {
    this.at = writeUtf8(this.octets, this.at, this.limitOf(start), source, from, to);
  }

  addCharacter(octet: number, start: number): void {
    if (this.at < this.limitOf(start)) this.octets[this.at++] = octet;
  }

  /** Ends the value that begins at `start`: writes its length, in one octet where that is enough. */
  endVariable(start: number): void {
    const { octets } = this;
    const length = this.at - start;
    const head = start - Octets.LongLength;
    if (length <= Octets.LongestShort) {
      octets[head] = length;
      octets.copyWithin(head + 1, start, this.at);
      this.at = head + 1 + length;
      return;
    }
    octets[head] = Octets.LongMark;
    octets[head + 1] = length >>> 8;
    octets[head + 2] = length;
  }

  /** Where the content that begins at `start` must end, for its value to end at `end`. */
  private limitOf(start: number): number {
    const room = this.end - (start - Octets.LongLength);
    const long = room - Octets.LongLength;
    return start + (long > Octets.LongestShort ? long : Math.min(Math.max(0, room - 1), Octets.LongestShort));
  }
}
