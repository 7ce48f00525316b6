import { LONGEST_CARRY_OCTETS, MAX_PACKET_OCTETS, type ReadOptions } from './capture-reader.js';
import { stripFcs } from './frame-check-sequence.js';
import type { InterfaceTable } from './interface-table.js';
import { MAX_INTERFACES } from './interface-table.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';
import {
  BLOCK_LENGTH_OFFSET,
  BLOCK_TRAILER_OCTETS,
  ENHANCED_PACKET_BLOCK,
  INTERFACE_DESCRIPTION_BLOCK,
  type InterfaceDescription,
  MAJOR_VERSION,
  MAJOR_VERSION_OFFSET,
  MAX_BLOCK_OCTETS,
  MIN_BLOCK_OCTETS,
  MIN_INTERFACE_DESCRIPTION_OCTETS,
  MIN_SECTION_HEADER_OCTETS,
  OBSOLETE_PACKET_BLOCK,
  PACKET,
  readInterfaceDescription,
  SECTION_HEADER_BLOCK,
  sectionByteOrder,
  SIMPLE,
  SIMPLE_PACKET_BLOCK,
} from './pcapng-blocks.js';
import type { InterfaceClock } from './pcapng-clock.js';
import { WindowedReader } from './windowed-reader.js';

/**
 * Of a block no more than this is held in the window: room for the largest packet and as much for its options. The rest of a
 * longer block is passed over as it comes in.
 */
const BUFFERED_OCTETS = LONGEST_CARRY_OCTETS;

/** Octets of an enhanced or obsolete packet block without packet and options. */
const EMPTY_PACKET_BLOCK_OCTETS = PACKET.data + BLOCK_TRAILER_OCTETS;
const EMPTY_SIMPLE_BLOCK_OCTETS = SIMPLE.data + BLOCK_TRAILER_OCTETS;

/** An interface of the section being read. */
interface SectionInterface {
  readonly row: number;
  readonly linkType: number;
  readonly snapLength: number;
  readonly clock: InterfaceClock;
  readonly fcsOctets: number;
}

/** Reads pcapng captures. */
export class PcapngReader extends WindowedReader {
  #sectionBegun = false;
  #littleEndian = true;
  #interfaces: SectionInterface[] = [];
  /** An interface of the section hands over frame check sequences. */
  #hasFcs = false;

  /** A long block is being passed over: octets left before its trailer, its length, and its offset in the capture. */
  #passing = false;
  #passLeft = 0;
  #passLength = 0;
  #passOffset = 0;

  constructor(
    input: string,
    source: OctetSource,
    private readonly table: InterfaceTable,
    options?: ReadOptions,
  ) {
    super(input, source, options);
  }

  next(batch: PacketBatch): number {
    batch.count = 0;
    batch.latestUs = 0;
    batch.attach(this.window);
    const { view, capacity } = batch;
    while (batch.count < capacity && this.fault === null) {
      if (this.#sectionBegun && !this.#passing && !this.#hasFcs) this.#takeRun(batch);
      if (batch.count === capacity) break;
      if (this.#passing && !this.#pass(view)) break;
      const available = this.limit - this.position;
      if (available < MIN_BLOCK_OCTETS) break;
      const length = this.#blockLength(view);
      if (length === 0) break;
      const type = view.getUint32(this.position, this.#littleEndian);
      const wanted = isKnown(type) ? Math.min(length, BUFFERED_OCTETS) : MIN_BLOCK_OCTETS;
      if (available < wanted || !this.#take(batch, view, type, length)) break;
      this.#leave(view, length, available);
    }
    if (this.ended && this.fault === null && batch.count < capacity) this.#atEnd();
    this.packets += batch.count;
    return batch.count;
  }

  protected override endedCleanly(): void {
    if (this.#passing) this.cut(this.#passOffset, 'the block');
  }

  #atEnd(): void {
    if (this.#passing) this.cut(this.#passOffset, 'the block');
    else if (this.position < this.limit) this.cut(this.offsetOf(this.position), 'the block');
  }

  /**
   * The short way through what most captures are made of: enhanced packet blocks with nothing amiss. Stops at the first block
   * that is something else, damaged or not wholly here, which then goes the long way.
   */
  #takeRun(batch: PacketBatch): void {
    const { view, capacity, offset, captured, wire, timeUs, timeNs, link } = batch;
    const interfaceOf = batch.interface;
    const littleEndian = this.#littleEndian;
    const interfaces = this.#interfaces;
    const limit = this.limit;
    let position = this.position;
    let row = batch.count;
    let latestUs = batch.latestUs;
    while (row < capacity && position + EMPTY_PACKET_BLOCK_OCTETS <= limit) {
      if (view.getUint32(position, littleEndian) !== ENHANCED_PACKET_BLOCK) break;
      const length = view.getUint32(position + BLOCK_LENGTH_OFFSET, littleEndian);
      const octets = view.getUint32(position + PACKET.captured, littleEndian);
      const id = view.getUint32(position + PACKET.interface, littleEndian);
      if (octets > MAX_PACKET_OCTETS || octets + EMPTY_PACKET_BLOCK_OCTETS > length || length > limit - position) break;
      if (length > BUFFERED_OCTETS || (length & 3) !== 0 || id >= interfaces.length) break;
      if (view.getUint32(position + length - BLOCK_TRAILER_OCTETS, littleEndian) !== length) break;
      const entry = interfaces[id];
      const high = view.getUint32(position + PACKET.high, littleEndian);
      const low = view.getUint32(position + PACKET.low, littleEndian);
      offset[row] = position + PACKET.data;
      captured[row] = octets;
      wire[row] = view.getUint32(position + PACKET.wire, littleEndian);
      link[row] = entry.linkType;
      interfaceOf[row] = entry.row;
      if (!entry.clock.write(timeUs, timeNs, row, high, low)) this.oddTimestamps++;
      if (timeUs[row] > latestUs) latestUs = timeUs[row];
      position += length;
      row++;
    }
    this.position = position;
    batch.count = row;
    batch.latestUs = latestUs;
  }

  /** Length of the block at the position; 0 when it is damaged. A section header first sets the byte order. */
  #blockLength(view: DataView): number {
    const { position } = this;
    if (view.getUint32(position, true) === SECTION_HEADER_BLOCK) {
      const order = sectionByteOrder(view, position);
      if (order === null) return this.#noBlock('a section header without byte-order magic 1a2b3c4d');
      this.#littleEndian = order;
    } else if (!this.#sectionBegun) {
      return this.#noBlock('the first block is no section header');
    }
    const length = view.getUint32(position + BLOCK_LENGTH_OFFSET, this.#littleEndian);
    if (length >= MIN_BLOCK_OCTETS && length <= MAX_BLOCK_OCTETS && length % 4 === 0) return length;
    const expected = `a multiple of 4 from ${MIN_BLOCK_OCTETS} to ${MAX_BLOCK_OCTETS} was expected`;
    return this.#noBlock(`the block claims ${length} octets, ${expected}`);
  }

  /** Takes what is of interest out of the block at the position; false when the block is damaged. */
  #take(batch: PacketBatch, view: DataView, type: number, length: number): boolean {
    // A block that is wholly here is checked before anything is taken from it.
    if (length <= this.limit - this.position && !this.#checkTrailer(view, this.position, length)) return false;
    switch (type) {
      case ENHANCED_PACKET_BLOCK:
      case OBSOLETE_PACKET_BLOCK:
        return this.#takePacket(batch, view, type, length);
      case SIMPLE_PACKET_BLOCK:
        return this.#takeSimplePacket(batch, view, length);
      case INTERFACE_DESCRIPTION_BLOCK:
        return this.#takeInterface(view, length);
      case SECTION_HEADER_BLOCK:
        return this.#takeSection(view, length);
      default:
        return true;
    }
  }

  /** Moves on behind the block of which `available` octets are here. */
  #leave(view: DataView, length: number, available: number): void {
    if (length <= available) {
      this.position += length;
      return;
    }
    this.#passing = true;
    this.#passLeft = length - BLOCK_TRAILER_OCTETS;
    this.#passLength = length;
    this.#passOffset = this.offsetOf(this.position);
    this.#pass(view);
  }

  /** Passes over octets of a long block; true once it is behind us. */
  #pass(view: DataView): boolean {
    const step = Math.min(this.#passLeft, this.limit - this.position);
    this.position += step;
    this.#passLeft -= step;
    if (this.#passLeft > 0 || this.limit - this.position < BLOCK_TRAILER_OCTETS) return false;
    const trailer = view.getUint32(this.position, this.#littleEndian);
    if (trailer !== this.#passLength) {
      this.failAt(this.#passOffset, trailerMessage(this.#passLength, trailer));
      return false;
    }
    this.position += BLOCK_TRAILER_OCTETS;
    this.#passing = false;
    return true;
  }

  #checkTrailer(view: DataView, position: number, length: number): boolean {
    const trailer = view.getUint32(position + length - BLOCK_TRAILER_OCTETS, this.#littleEndian);
    if (trailer === length) return true;
    return this.#damaged(trailerMessage(length, trailer));
  }

  /** Enhanced and obsolete packet blocks differ only in the width of the interface number. */
  #takePacket(batch: PacketBatch, view: DataView, type: number, length: number): boolean {
    const { position } = this;
    const littleEndian = this.#littleEndian;
    if (length < EMPTY_PACKET_BLOCK_OCTETS) return this.#tooShort('packet', length, EMPTY_PACKET_BLOCK_OCTETS);
    const captured = view.getUint32(position + PACKET.captured, littleEndian);
    if (!this.#checkCaptured(captured, length - EMPTY_PACKET_BLOCK_OCTETS)) return false;
    const at = position + PACKET.interface;
    const id = type === ENHANCED_PACKET_BLOCK ? view.getUint32(at, littleEndian) : view.getUint16(at, littleEndian);
    if (id >= this.#interfaces.length) return this.#noInterface(id);
    const entry = this.#interfaces[id];
    const row = batch.count++;
    batch.offset[row] = position + PACKET.data;
    batch.captured[row] = captured;
    batch.wire[row] = view.getUint32(position + PACKET.wire, littleEndian);
    batch.link[row] = entry.linkType;
    batch.interface[row] = entry.row;
    const high = view.getUint32(position + PACKET.high, littleEndian);
    const low = view.getUint32(position + PACKET.low, littleEndian);
    if (!entry.clock.write(batch.timeUs, batch.timeNs, row, high, low)) this.oddTimestamps++;
    const us = batch.timeUs[row];
    if (us > batch.latestUs) batch.latestUs = us;
    if (entry.fcsOctets !== 0) stripFcs(batch, row, entry.fcsOctets);
    return true;
  }

  /** A simple packet has no time stamp and belongs to interface 0, whose snap length says how much of it was captured. */
  #takeSimplePacket(batch: PacketBatch, view: DataView, length: number): boolean {
    const { position } = this;
    if (length < EMPTY_SIMPLE_BLOCK_OCTETS) return this.#tooShort('simple packet', length, EMPTY_SIMPLE_BLOCK_OCTETS);
    if (this.#interfaces.length === 0) return this.#noInterface(0);
    const entry = this.#interfaces[0];
    const wire = view.getUint32(position + SIMPLE.wire, this.#littleEndian);
    const captured = entry.snapLength === 0 ? wire : Math.min(wire, entry.snapLength);
    if (!this.#checkCaptured(captured, length - EMPTY_SIMPLE_BLOCK_OCTETS)) return false;
    const row = batch.count++;
    batch.offset[row] = position + SIMPLE.data;
    batch.captured[row] = captured;
    batch.wire[row] = wire;
    batch.link[row] = entry.linkType;
    batch.interface[row] = entry.row;
    batch.timeUs[row] = 0;
    batch.timeNs[row] = 0;
    if (entry.fcsOctets !== 0) stripFcs(batch, row, entry.fcsOctets);
    return true;
  }

  #takeInterface(view: DataView, length: number): boolean {
    const { position } = this;
    if (length < MIN_INTERFACE_DESCRIPTION_OCTETS || length > BUFFERED_OCTETS) {
      const expected = `${MIN_INTERFACE_DESCRIPTION_OCTETS} to ${BUFFERED_OCTETS} were expected`;
      return this.#damaged(`an interface description block of ${length} octets, ${expected}`);
    }
    if (this.#interfaces.length >= MAX_INTERFACES) {
      return this.#damaged(`the section describes more than ${MAX_INTERFACES} interfaces`);
    }
    const description = readInterfaceDescription(view, position, length, this.#littleEndian);
    if (typeof description === 'string') return this.#damaged(`interface description block: ${description}`);
    this.#interfaces.push(this.#enroll(description));
    this.#hasFcs ||= description.fcsOctets !== 0;
    return true;
  }

  #enroll({ name, linkType, snapLength, clock, fcsOctets }: InterfaceDescription): SectionInterface {
    const { input } = this;
    const row = this.table.add({ name: name ?? input, linkType, input, id: this.#interfaces.length });
    return { row, linkType, snapLength, clock, fcsOctets };
  }

  #takeSection(view: DataView, length: number): boolean {
    if (length < MIN_SECTION_HEADER_OCTETS) return this.#tooShort('section header', length, MIN_SECTION_HEADER_OCTETS);
    const major = view.getUint16(this.position + MAJOR_VERSION_OFFSET, this.#littleEndian);
    if (major !== MAJOR_VERSION) {
      return this.#damaged(`pcapng version ${major}, version ${MAJOR_VERSION} was expected`);
    }
    this.#sectionBegun = true;
    this.#interfaces = [];
    this.#hasFcs = false;
    return true;
  }

  #checkCaptured(captured: number, room: number): boolean {
    if (captured <= room && captured <= MAX_PACKET_OCTETS) return true;
    const limit = Math.min(room, MAX_PACKET_OCTETS);
    return this.#damaged(`the packet block claims ${captured} captured octets, at most ${limit} were expected`);
  }

  #noInterface(id: number): boolean {
    const described = this.#interfaces.length;
    return this.#damaged(`a packet of interface ${id}, the section has described ${described} so far`);
  }

  #tooShort(what: string, length: number, expected: number): boolean {
    return this.#damaged(`a ${what} block of ${length} octets, at least ${expected} were expected`);
  }

  /** Ends the input at the block being read. */
  #damaged(message: string): false {
    this.fail(this.position, message);
    return false;
  }

  #noBlock(message: string): 0 {
    this.fail(this.position, message);
    return 0;
  }
}

function isKnown(type: number): boolean {
  return (
    type === ENHANCED_PACKET_BLOCK ||
    type === OBSOLETE_PACKET_BLOCK ||
    type === SIMPLE_PACKET_BLOCK ||
    type === INTERFACE_DESCRIPTION_BLOCK ||
    type === SECTION_HEADER_BLOCK
  );
}

function trailerMessage(length: number, trailer: number): string {
  return `the block of ${length} octets ends with length ${trailer}, the same was expected`;
}
