import fs from 'node:fs';

import { bundledCaptures } from './captures.js';
import { Random } from './random.js';

const LARGEST_ORIGINAL_OCTETS = 40_000;

const originals = bundledCaptures()
  .map((file) => fs.readFileSync(file))
  .filter(({ length }) => length <= LARGEST_ORIGINAL_OCTETS);

type Mutation = (octets: Buffer, random: Random) => Buffer;

const EXTREMES = [
  0, 1, 2, 4, 20, 40, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];
/** Parts of a pcap file. */
const LINK_TYPE_OFFSET = 20;
const FIRST_PACKET = 24;
const PACKET_HEADER_OCTETS = 16;
const CAPTURED_OFFSET = 8;
const LINK_TYPES = 300;
/** Headers are damaged more often than what they carry. */
const HEADER_OCTETS = 100;

const at = (octets: Buffer, random: Random, width = 1): number => random.below(Math.max(1, octets.length - width + 1));

/** Octets of the file, wherever they belong. */
const ANYWHERE: readonly Mutation[] = [
  function flipBit(octets, random) {
    octets[at(octets, random)] ^= 1 << random.below(8);
    return octets;
  },
  function setWord(octets, random) {
    if (octets.length >= 4) octets.writeUInt32LE(random.of(EXTREMES), at(octets, random, 4));
    return octets;
  },
  function cut(octets, random) {
    return octets.subarray(0, at(octets, random));
  },
  function remove(octets, random) {
    const from = at(octets, random);
    return Buffer.concat([octets.subarray(0, from), octets.subarray(from + random.below(100))]);
  },
  function repeat(octets, random) {
    const from = at(octets, random);
    const piece = octets.subarray(from, from + random.below(2_000));
    return Buffer.concat([octets.subarray(0, from), piece, octets.subarray(from)]);
  },
  function splice(octets, random) {
    const other = random.of(originals);
    return Buffer.concat([octets.subarray(0, at(octets, random)), other.subarray(at(other, random))]);
  },
];

/** What leaves the packets of a pcap file where they are. */
const WITHIN_PACKETS: readonly Mutation[] = [
  function setLinkType(octets, random) {
    if (octets.length >= FIRST_PACKET) octets.writeUInt32LE(random.below(LINK_TYPES), LINK_TYPE_OFFSET);
    return octets;
  },
  ...[0, 4].map(
    (field) =>
      function setTime(octets: Buffer, random: Random): Buffer {
        const packet = somePacket(octets, random);
        const value = random.below(2) === 0 ? random.of(EXTREMES) : random.below(2 ** 32);
        if (packet >= 0) octets.writeUInt32LE(value, packet + field);
        return octets;
      },
  ),
  ...EXTREMES.map(
    (value) =>
      function setHeaderOctets(octets: Buffer, random: Random): Buffer {
        const frame = somePacket(octets, random) + PACKET_HEADER_OCTETS + random.below(HEADER_OCTETS);
        if (frame + 2 > octets.length) return octets;
        if (value > 0xff) octets.writeUInt16BE(value & 0xffff, frame);
        else octets[frame] = random.below(2) === 0 ? value : random.below(256);
        return octets;
      },
  ),
];

/** Offset of a packet's header, or -1. */
function somePacket(octets: Buffer, random: Random): number {
  let position = FIRST_PACKET;
  for (let skip = random.below(60); skip > 0; skip--) {
    if (position + PACKET_HEADER_OCTETS > octets.length) return -1;
    const next = position + PACKET_HEADER_OCTETS + octets.readUInt32LE(position + CAPTURED_OFFSET);
    if (next + PACKET_HEADER_OCTETS > octets.length) break;
    position = next;
  }
  return position + PACKET_HEADER_OCTETS > octets.length ? -1 : position;
}

/** A bundled capture with a few to a hundred octets changed: the same one for the same seed. */
export function mutatedCapture(seed: number): Buffer {
  const random = new Random(seed);
  let octets: Buffer = Buffer.from(random.of(originals));
  const isWhole = random.below(4) > 0;
  const mutations = isWhole ? WITHIN_PACKETS : [...ANYWHERE, ...WITHIN_PACKETS];
  for (let n = random.of([1, 4, 20, 100]); n > 0; n--) octets = random.of(mutations)(octets, random);
  return octets;
}
