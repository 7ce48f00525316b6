import { Item } from '../../dpi/metadata.js';
import { itemEnd, itemNumber, itemType } from '../../dpi/metadata-items.js';
import { ElementType } from '../../dpi/protocol.js';
import { REGISTRY } from '../../dpi/registry.js';
import { type ClosedFlows, MetadataWord } from '../../flow/closed-flows.js';
import type { InformationModel } from '../../ipfix/information-model.js';
import { elementNamed } from '../fields/elements.js';
import { DerivedFormat, type ExportField } from '../fields/export-field.js';
import { METADATA_FAMILIES, METADATA_FIELDS } from '../fields/metadata-fields.js';
import { itemValue, writeItemOctets, writeItemText, writeWhole } from './value-octets.js';
import { variableLengthOctets, writeVariableLength } from './variable-length.js';

const enum Bound {
  /** Octets of all values of a record. */
  Values = 65_535,
  /** Families of a record; a flow has three protocols at most, and few of them metadata. */
  Families = 2,
  /** Sets of families that are told apart; records of further ones have no metadata. */
  Kinds = 255,
}

const enum ValueForm {
  None = 0,
  Text = 1,
  Octets = 2,
  /** A number in as many octets as `widths` says. */
  Whole = 3,
}

/** Where the first values of a record's metadata stand, for the fields of a table. */
export class FirstValues {
  /** Number of the set of families that the record at hand has values of; 0 for none. */
  kind = 0;
  /** Values that were cut because their record would not have fitted a message. */
  shortened = 0;
  readonly #forms = new Uint8Array(METADATA_FIELDS.length);
  readonly #widths = new Uint8Array(METADATA_FIELDS.length);
  /** Number plus one of the field that takes an element's value. */
  readonly #fieldOf = new Int16Array(REGISTRY.elements.length);
  /** The record for which a field has a value, and where that stands in `#values`. */
  readonly #seen = new Int32Array(METADATA_FIELDS.length);
  readonly #from = new Int32Array(METADATA_FIELDS.length);
  readonly #to = new Int32Array(METADATA_FIELDS.length);
  /** The fields that have one, and how many these are. */
  readonly #kept = new Int32Array(METADATA_FIELDS.length);
  #count = 0;
  readonly #values = new Uint8Array(Bound.Values);
  readonly #kinds = new Uint8Array(METADATA_FAMILIES.length * METADATA_FAMILIES.length);
  readonly #families: number[][] = [[]];
  #run = 0;
  #length = 0;

  /** Octets that a record's values may take beyond one for each; set by the encoder. */
  most: number = Bound.Values;

  constructor(fields: readonly ExportField[], model: InformationModel) {
    for (const { format, shift = 0, element } of fields) {
      if (format !== DerivedFormat.FirstValue) continue;
      const { type } = elementNamed(element, model);
      this.#forms[shift] =
        type === 'string' ? ValueForm.Text : type === 'octetArray' ? ValueForm.Octets : ValueForm.Whole;
      this.#widths[shift] = { unsigned8: 1, unsigned16: 2, unsigned32: 4, unsigned64: 8 }[type as string] ?? 0;
      if (this.#forms[shift] === ValueForm.Whole && this.#widths[shift] === 0)
        throw new Error(`${element}: metadata of type ${type} is not exported`);
      for (const number of METADATA_FIELDS[shift].numbers) this.#fieldOf[number] = shift + 1;
    }
  }

  /** Families of a kind. */
  familiesOf(kind: number): readonly number[] {
    return this.#families[kind];
  }

  /** Looks at the metadata of the row. Answers the octets that its values take beyond one for each of variable length. */
  look(closed: ClosedFlows, row: number): number {
    const { words, stride, metadataOffset, metadata } = closed;
    const w = row * stride + metadataOffset;
    this.#run = (this.#run + 1) | 0;
    this.#length = 0;
    this.#count = 0;
    this.kind = 0;
    const length = words[w + MetadataWord.Length];
    // A block without room for metadata has none, whatever its rows say.
    if (length === 0 || metadata.length === 0) return 0;
    const to = words[w + MetadataWord.Offset] + length;
    let one = 0;
    let other = 0;
    // Groups are walked into: their items follow their heads.
    for (let item = to - length; item + Item.HeaderOctets <= to;) {
      if (itemType(metadata, item) === ElementType.Group) {
        item += Item.HeaderOctets;
        continue;
      }
      const field = this.#fieldOf[itemNumber(metadata, item)] - 1;
      if (field >= 0 && this.#seen[field] !== this.#run) {
        const { family } = METADATA_FIELDS[field];
        if (family !== 0 && family !== one && family !== other) {
          if (one === 0) one = family;
          else if (other === 0) other = family;
        }
        if (family === 0 || family === one || family === other) this.#keep(field, metadata, item);
      }
      item = itemEnd(metadata, item);
    }
    if (one !== 0) this.kind = this.#kindOf(Math.min(one, other), Math.max(one, other));
    return this.#fit();
  }

  /** Writes the value of a field, nothing or 0 when the record at hand has none. Answers where it ends. */
  write(octets: Uint8Array, at: number, field: number): number {
    const isThere = this.#seen[field] === this.#run;
    const from = isThere ? this.#from[field] : 0;
    const to = isThere ? this.#to[field] : 0;
    if (this.#forms[field] === ValueForm.Whole && !isThere) return writeWhole(octets, at, this.#widths[field], 0);
    let p = this.#forms[field] === ValueForm.Whole ? at : writeVariableLength(octets, at, to - from);
    for (let q = from; q < to; q++) octets[p++] = this.#values[q];
    return p;
  }

  #keep(field: number, metadata: Uint8Array, item: number): void {
    const from = this.#length;
    switch (this.#forms[field]) {
      case ValueForm.Text:
        this.#length = writeItemText(this.#values, from, Bound.Values, metadata, item);
        break;
      case ValueForm.Octets:
        this.#length = writeItemOctets(this.#values, from, Bound.Values, metadata, item);
        break;
      case ValueForm.Whole:
        if (from + this.#widths[field] > Bound.Values) return;
        this.#length = writeWhole(this.#values, from, this.#widths[field], itemValue(metadata, item));
        break;
    }
    this.#seen[field] = this.#run;
    this.#kept[this.#count++] = field;
    this.#from[field] = from;
    this.#to[field] = this.#length;
  }

  /** Cuts the longest values until all fit. Answers what they take. */
  #fit(): number {
    let longest: number = Bound.Values;
    let octets = this.#beyond(longest);
    while (octets > this.most && longest > 0) {
      longest >>>= 1;
      octets = this.#beyond(longest);
    }
    if (longest === Bound.Values) return octets;
    for (let n = 0; n < this.#count; n++) {
      const field = this.#kept[n];
      if (this.#forms[field] === ValueForm.Whole) continue;
      if (this.#to[field] - this.#from[field] <= longest) continue;
      this.shortened++;
      let to = this.#from[field] + longest;
      // A character is not cut in two.
      if (this.#forms[field] === ValueForm.Text)
        while (to > this.#from[field] && (this.#values[to] & 0xc0) === 0x80) to--;
      this.#to[field] = to;
    }
    return octets;
  }

  /** Octets that the values take beyond one for each, when none is longer than `longest`. */
  #beyond(longest: number): number {
    let octets = 0;
    for (let n = 0; n < this.#count; n++) {
      const field = this.#kept[n];
      if (this.#forms[field] === ValueForm.Whole) continue;
      const length = Math.min(longest, this.#to[field] - this.#from[field]);
      octets += length + variableLengthOctets(length) - 1;
    }
    return octets;
  }

  #kindOf(one: number, other: number): number {
    const pair = one * METADATA_FAMILIES.length + other;
    if (this.#kinds[pair] === 0 && this.#families.length <= Bound.Kinds) {
      this.#kinds[pair] = this.#families.push(one === 0 ? [other] : [one, other]) - 1;
    }
    return this.#kinds[pair];
  }
}
