import { MAX_PACKET_OCTETS } from './capture-reader.js';
import type { InterfaceTable } from './interface-table.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';
import { WindowedReader } from './windowed-reader.js';

/** File header of a classic capture (draft-ietf-opsawg-pcap §4). Version, zone, accuracy and snap length tell us nothing. */
export const PCAP_HEADER_OCTETS = 24;
const LINK_TYPE_OFFSET = 20;

/** Link type field: LINKTYPE_ value, a flag for the next, octet pairs of frame check sequence at the end of each packet. */
const LINK_TYPE_MASK = 0xffff;
const FCS_PRESENT = 0x0400_0000;
const FCS_PAIRS_SHIFT = 28;

/** Record header (§5); the modified form has interface index, protocol and packet type after it. */
const SUBSECOND_OFFSET = 4;
const CAPTURED_OFFSET = 8;
const WIRE_OFFSET = 12;
const RECORD_HEADER_OCTETS = 16;
const MODIFIED_RECORD_HEADER_OCTETS = 24;

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;

/** What the first four octets tell. */
export interface PcapVariant {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly recordHeaderOctets: number;
}

/** Variant of a classic capture that begins with these octets; null when it is none. */
export function pcapVariant(head: Uint8Array): PcapVariant | null {
  if (head.length < 4) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const littleEndian of [true, false]) {
    switch (view.getUint32(0, littleEndian)) {
      case 0xa1b2c3d4:
        return { littleEndian, nanoseconds: false, recordHeaderOctets: RECORD_HEADER_OCTETS };
      case 0xa1b23c4d:
        return { littleEndian, nanoseconds: true, recordHeaderOctets: RECORD_HEADER_OCTETS };
      case 0xa1b2cd34:
        return { littleEndian, nanoseconds: false, recordHeaderOctets: MODIFIED_RECORD_HEADER_OCTETS };
    }
  }
  return null;
}

/** Reads classic captures. */
export class PcapReader extends WindowedReader {
  #headerRead = false;
  #linkType = 0;
  #fcsOctets = 0;
  #interface = 0;

  constructor(
    input: string,
    source: OctetSource,
    private readonly variant: PcapVariant,
    private readonly interfaces: InterfaceTable,
    readOctets?: number,
  ) {
    super(input, source, readOctets);
  }

  next(batch: PacketBatch): number {
    batch.count = 0;
    batch.attach(this.window);
    if (this.fault !== null || (!this.#headerRead && !this.#readHeader(batch.view))) return 0;

    const { view, capacity, offset, captured, wire, timeUs, timeNs, link } = batch;
    const interfaceOf = batch.interface;
    const { littleEndian, nanoseconds, recordHeaderOctets } = this.variant;
    const linkType = this.#linkType;
    const row = this.#interface;
    const fcsOctets = this.#fcsOctets;
    const limit = this.limit;
    const lastHeader = limit - recordHeaderOctets;
    const second = nanoseconds ? NANOSECONDS : MICROSECONDS;
    let position = this.position;
    let count = 0;
    let odd = 0;
    let latestUs = 0;

    while (count < capacity && position <= lastHeader) {
      const start = position + recordHeaderOctets;
      const length = view.getUint32(position + CAPTURED_OFFSET, littleEndian);
      if (length > MAX_PACKET_OCTETS) {
        this.fail(position, `the record claims ${length} captured octets, at most ${MAX_PACKET_OCTETS} were expected`);
        break;
      }
      if (start + length > limit) break;
      offset[count] = start;
      captured[count] = length;
      wire[count] = view.getUint32(position + WIRE_OFFSET, littleEndian);
      if (fcsOctets !== 0) stripFcs(batch, count, fcsOctets);

      // Seconds are unsigned (to 2106). A sub-second field of a second or more carries over by itself.
      const subsecond = view.getUint32(position + SUBSECOND_OFFSET, littleEndian);
      const wholeUs = nanoseconds ? (subsecond / 1000) >>> 0 : subsecond;
      const us = view.getUint32(position, littleEndian) * MICROSECONDS + wholeUs;
      timeUs[count] = us;
      timeNs[count] = nanoseconds ? subsecond - wholeUs * 1000 : 0;
      if (subsecond >= second) odd++;
      if (us > latestUs) latestUs = us;

      link[count] = linkType;
      interfaceOf[count] = row;
      position = start + length;
      count++;
    }

    this.position = position;
    this.oddTimestamps += odd;
    batch.count = count;
    batch.latestUs = latestUs;
    if (this.ended && count < capacity && position < limit) this.cut(this.offsetOf(position), 'the packet record');
    return count;
  }

  /** Takes the file header; false when it is not (yet) complete. */
  #readHeader(view: DataView): boolean {
    if (this.limit < PCAP_HEADER_OCTETS) {
      if (this.ended) this.cut(0, 'the file header');
      return false;
    }
    const field = view.getUint32(LINK_TYPE_OFFSET, this.variant.littleEndian);
    this.#linkType = field & LINK_TYPE_MASK;
    this.#fcsOctets = field & FCS_PRESENT ? (field >>> FCS_PAIRS_SHIFT) * 2 : 0;
    this.#interface = this.interfaces.add({ name: this.input, linkType: this.#linkType, input: this.input, id: 0 });
    this.position = PCAP_HEADER_OCTETS;
    this.#headerRead = true;
    return true;
  }
}

/** Takes the frame check sequence, or what was captured of it, off the end of the packet. */
function stripFcs(batch: PacketBatch, row: number, fcsOctets: number): void {
  const wire = batch.wire[row];
  const captured = batch.captured[row];
  const notCaptured = Math.max(0, wire - captured);
  batch.wire[row] = Math.max(0, wire - fcsOctets);
  batch.captured[row] = Math.max(0, captured - Math.max(0, fcsOctets - notCaptured));
}
