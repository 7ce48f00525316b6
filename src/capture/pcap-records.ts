import { MAX_PACKET_OCTETS } from './capture-reader.js';
import type { PacketBatch } from './packet-batch.js';

/** Record header of a classic capture (draft-ietf-opsawg-pcap §5). */
const SUBSECOND_OFFSET = 4;
const CAPTURED_OFFSET = 8;
const WIRE_OFFSET = 12;
const RECORD_HEADER_OCTETS = 16;
/** The modified form has interface index, protocol and packet type behind it. */
const MODIFIED_RECORD_HEADER_OCTETS = 24;

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;

/** What the first four octets of a capture tell of its records. */
export interface PcapVariant {
  readonly magic: number;
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly recordHeaderOctets: number;
}

const VARIANTS: readonly PcapVariant[] = [true, false].flatMap((littleEndian) => [
  { magic: 0xa1b2c3d4, littleEndian, nanoseconds: false, recordHeaderOctets: RECORD_HEADER_OCTETS },
  { magic: 0xa1b23c4d, littleEndian, nanoseconds: true, recordHeaderOctets: RECORD_HEADER_OCTETS },
  { magic: 0xa1b2cd34, littleEndian, nanoseconds: false, recordHeaderOctets: MODIFIED_RECORD_HEADER_OCTETS },
]);

/** Variant of a classic capture that begins with these octets; null when it is none. */
export function pcapVariant(head: Uint8Array): PcapVariant | null {
  if (head.length < 4) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return VARIANTS.find(({ magic, littleEndian }) => view.getUint32(0, littleEndian) === magic) ?? null;
}

/**
 * The pass over the records of the window `view`, from `position` on: fills the columns offset, captured, wire and times of
 * as many packets as fit and lie whole before `limit`, and sets the batch's `count`, `latestUs` and `odd`.
 * @returns the position of the first record not taken: cut, or one that claims too much
 */
export type FindRecords = (view: DataView, position: number, limit: number) => number;

/** Makes the pass over the columns of `batch`; why passes are made: docs/architecture.md, "Passes". */
function createFindRecords(batch: PacketBatch, variant: PcapVariant): FindRecords {
  const { capacity, offset, captured, wire, timeUs, timeNs } = batch;
  const { littleEndian, nanoseconds, recordHeaderOctets } = variant;
  const second = nanoseconds ? NANOSECONDS : MICROSECONDS;

  return (view, position, limit) => {
    const lastHeader = limit - recordHeaderOctets;
    let count = 0;
    let latestUs = 0;
    let odd = 0;
    while (count < capacity && position <= lastHeader) {
      const start = position + recordHeaderOctets;
      const length = view.getUint32(position + CAPTURED_OFFSET, littleEndian);
      if (length > MAX_PACKET_OCTETS || start + length > limit) break;
      offset[count] = start;
      captured[count] = length;
      wire[count] = view.getUint32(position + WIRE_OFFSET, littleEndian);

      // Seconds are unsigned (to 2106). A sub-second field of a second or more carries over by itself.
      const subsecond = view.getUint32(position + SUBSECOND_OFFSET, littleEndian);
      const wholeUs = nanoseconds ? (subsecond / 1000) >>> 0 : subsecond;
      const us = view.getUint32(position, littleEndian) * MICROSECONDS + wholeUs;
      timeUs[count] = us;
      if (nanoseconds) timeNs[count] = subsecond - wholeUs * 1000;
      if (us > latestUs) latestUs = us;
      if (subsecond >= second) odd++;
      position = start + length;
      count++;
    }
    if (!nanoseconds) timeNs.fill(0, 0, count);
    batch.count = count;
    batch.latestUs = latestUs;
    batch.odd = odd;
    return position;
  };
}

/** The passes made, for each batch and variant: V8 compiles a closure of which there is one better than one of several. */
const passes = new WeakMap<PacketBatch, Map<PcapVariant, FindRecords>>();

/** The pass over the columns of `batch`, made once. */
export function findRecordsOf(batch: PacketBatch, variant: PcapVariant): FindRecords {
  let ofBatch = passes.get(batch);
  if (ofBatch === undefined) passes.set(batch, (ofBatch = new Map<PcapVariant, FindRecords>()));
  let pass = ofBatch.get(variant);
  if (pass === undefined) ofBatch.set(variant, (pass = createFindRecords(batch, variant)));
  return pass;
}

/** Captured octets that the record at `position` claims. */
export function claimedOctets(view: DataView, position: number, variant: PcapVariant): number {
  return view.getUint32(position + CAPTURED_OFFSET, variant.littleEndian);
}
