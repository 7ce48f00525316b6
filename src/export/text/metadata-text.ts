import { Item } from '../../dpi/metadata.js';
import { itemEnd, itemNumber, itemType, unsignedOf } from '../../dpi/metadata-items.js';
import { ElementType } from '../../dpi/protocol.js';
import { PAYLOAD_OWNER, REGISTRY } from '../../dpi/registry.js';
import { utf8Length } from './utf8.js';
import { writeDecimal, writeIpv4, writeIpv6, writeTime } from './text-octets.js';

const COUNT = REGISTRY.elements.length;
/** Names with their quotes and colon, by element. */
const NAMES = REGISTRY.elements.map(({ element }) => Uint8Array.from(Buffer.from(`${JSON.stringify(element.name)}:`)));
const IS_LIST = Uint8Array.from(REGISTRY.elements, ({ element }) => (element.many === true ? 1 : 0));
/** Owners in the order of their elements: where their elements begin and end, and their names. */
const OWNERS = [...new Set(REGISTRY.elements.map(({ owner }) => owner))].map((owner) => ({
  from: REGISTRY.elements.findIndex((each) => each.owner === owner),
  to: REGISTRY.elements.findLastIndex((each) => each.owner === owner) + 1,
  name: Uint8Array.from(Buffer.from(`,${JSON.stringify(owner)}:{`)),
}));
/** -1 for what is written elsewhere. */
const OWNER_OF = Int32Array.from(REGISTRY.elements, ({ owner }) =>
  owner === PAYLOAD_OWNER ? -1 : OWNERS.findIndex(({ from }) => REGISTRY.elements[from].owner === owner),
);
const HEX = Uint8Array.from(Buffer.from('0123456789abcdef'));
const DEPTH = 8;
/** Which elements a level has written: the number of the group that did. */
const written = new Int32Array(DEPTH * COUNT);
const ownersWritten = new Int32Array(OWNERS.length);
let groups = 0;
const address = new Int32Array(4);

/** Writes the metadata from `from` to `to` of `source` as members of a JSON object, each with a comma in front: one for each protocol. */
export function writeMetadata(octets: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  const run = ++groups;
  let p = at;
  for (let item = from; item + Item.HeaderOctets <= to; item = itemEnd(source, item)) {
    const owner = OWNER_OF[itemNumber(source, item)];
    if (owner === undefined || owner < 0 || ownersWritten[owner] === run) continue;
    ownersWritten[owner] = run;
    const { name, from: first, to: last } = OWNERS[owner];
    p = copy(octets, p, name);
    p = writeMembers(octets, p, source, item, to, first, last, 0);
    octets[p++] = 0x7d;
  }
  return p;
}

/** Writes the octets of the first item of that element in hexadecimal, nothing without such an item. */
export function writeOctetsOf(
  octets: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
  number: number,
): number {
  for (let item = from; item + Item.HeaderOctets <= to; item = itemEnd(source, item)) {
    if (itemNumber(source, item) === number)
      return writeHexOctets(octets, at, source, item + Item.HeaderOctets, itemEnd(source, item));
  }
  return at;
}

/** The members of one group, those of elements `first` to `last`: each name once, lists with all their values. */
function writeMembers(
  octets: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
  first: number,
  last: number,
  depth: number,
): number {
  const group = ++groups;
  let p = at;
  for (let item = from, members = 0; item + Item.HeaderOctets <= to; item = itemEnd(source, item)) {
    const number = itemNumber(source, item);
    if (number < first || number >= last || written[depth * COUNT + number] === group) continue;
    written[depth * COUNT + number] = group;
    if (members++ > 0) octets[p++] = 0x2c;
    p = copy(octets, p, NAMES[number]);
    if (IS_LIST[number] === 0) {
      p = writeItem(octets, p, source, item, first, last, depth);
      continue;
    }
    octets[p++] = 0x5b;
    for (let other = item, values = 0; other + Item.HeaderOctets <= to; other = itemEnd(source, other)) {
      if (itemNumber(source, other) !== number) continue;
      if (values++ > 0) octets[p++] = 0x2c;
      p = writeItem(octets, p, source, other, first, last, depth);
    }
    octets[p++] = 0x5d;
  }
  return p;
}

function writeItem(
  octets: Uint8Array,
  at: number,
  source: Uint8Array,
  item: number,
  first: number,
  last: number,
  depth: number,
): number {
  const from = item + Item.HeaderOctets;
  const to = itemEnd(source, item);
  let p = at;
  switch (itemType(source, item)) {
    case ElementType.Group:
      octets[p++] = 0x7b;
      if (depth + 1 < DEPTH) p = writeMembers(octets, p, source, from, to, first, last, depth + 1);
      octets[p++] = 0x7d;
      return p;
    case ElementType.Unsigned:
      return writeDecimal(octets, p, unsignedOf(source, from, to));
    case ElementType.Flag:
      return copy(octets, p, source[from] === 1 ? TRUE : FALSE);
  }
  octets[p++] = 0x22;
  switch (itemType(source, item)) {
    case ElementType.Text:
      p = writeText(octets, p, source, from, to);
      break;
    case ElementType.Octets:
      p = writeHexOctets(octets, p, source, from, to);
      break;
    case ElementType.Ipv4:
      p = writeIpv4(octets, p, word(source, from));
      break;
    case ElementType.Ipv6:
      for (let n = 0; n < 4; n++) address[n] = word(source, from + 4 * n);
      p = writeIpv6(octets, p, address, 0);
      break;
    case ElementType.Seconds:
      p = writeTime(octets, p, unsignedOf(source, from, to) * 1_000_000, 0, 3);
      break;
    case ElementType.Milliseconds:
      p = writeTime(octets, p, unsignedOf(source, from, to) * 1_000, 0, 3);
      break;
  }
  octets[p++] = 0x22;
  return p;
}

function writeHexOctets(octets: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  let p = at;
  for (let q = from; q < to; q++) {
    octets[p++] = HEX[source[q] >>> 4];
    octets[p++] = HEX[source[q] & 15];
  }
  return p;
}

const TRUE = Uint8Array.from(Buffer.from('true'));
const FALSE = Uint8Array.from(Buffer.from('false'));

/** Text in a JSON string. What is no UTF-8 becomes `\xHH`, with the backslash that JSON wants before a backslash. */
function writeText(octets: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  let p = at;
  for (let q = from; q < to;) {
    const octet = source[q];
    if (octet >= 0x20 && octet < 0x7f) {
      if (octet === 0x22 || octet === 0x5c) octets[p++] = 0x5c;
      octets[p++] = octet;
      q++;
      continue;
    }
    const length = octet < 0x80 ? 0 : utf8Length(source, q, to);
    if (length > 0) {
      for (let n = 0; n < length; n++) octets[p++] = source[q + n];
      q += length;
      continue;
    }
    if (octet < 0x80) {
      p = copy(octets, p, CONTROL);
    } else {
      octets[p++] = 0x5c;
      octets[p++] = 0x5c;
      octets[p++] = 0x78;
    }
    octets[p++] = HEX[octet >>> 4];
    octets[p++] = HEX[octet & 15];
    q++;
  }
  return p;
}

const CONTROL = Uint8Array.from(Buffer.from('\\u00'));

function word(source: Uint8Array, at: number): number {
  return (source[at] << 24) | (source[at + 1] << 16) | (source[at + 2] << 8) | source[at + 3];
}

function copy(octets: Uint8Array, at: number, text: Uint8Array): number {
  for (let n = 0; n < text.length; n++) octets[at + n] = text[n];
  return at + text.length;
}
