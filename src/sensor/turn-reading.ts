import fs from 'node:fs';
import { MAX_PACKET_OCTETS, type SharedRecords, WINDOW_OCTETS } from '../capture/capture-reader.js';
import { claimedOctets, findRecordsOf, VARIANTS } from '../capture/pcap-records.js';
import type { DecodeSettings } from '../decode/decode-settings.js';
import { partition } from '../decode/partition.js';
import type { PacketRing } from './packet-ring.js';

/**
 * Reading by turns: a file is cut into stretches of equal length, one a slot. Whoever claims a slot reads its stretch, at the
 * same time as others read theirs; then, in the order of the slots, each finds the records in its own, after the record that
 * the stretch before has only the beginning of. Whole stretches of sound records are read in this way. What is left, and
 * what is amiss, is the capture reader's, which goes on where this ends.
 */

/** Octets of a stretch. */
const STRETCH_OCTETS = 131_072;
/** Fewer stretches are not worth the trouble. */
const FEWEST_STRETCHES = 4;
/** Where in its window a stretch stands: in front of it is room for the beginning of a record. */
const STRETCH_START = WINDOW_OCTETS - STRETCH_OCTETS;

const FOUND = 0;
const HALTED = 1;

/** Words of `turn`: what is read, and how far the records have been found. */
const enum Turn {
  Descriptor,
  Variant,
  Link,
  Interface,
  /** Slot and file offset of the first stretch, and the number of stretches. */
  FirstSlot,
  FirstOffset,
  Stretches,
  /** Octets of the record that has been begun: where in the ring, and how many. */
  CarryStart,
  CarryOctets,
  /** Number of the next packet, file offset of its record, and odd time stamps so far. */
  Number,
  Offset,
  Odd,
  Words,
}

/** What is sent to the workers. */
export interface TurnMemory {
  /** Slots in which the records have been found, and whether reading ends before all stretches have been read. */
  readonly state: SharedArrayBuffer;
  readonly turn: SharedArrayBuffer;
}

export function allocateTurns(): TurnMemory {
  return { state: new SharedArrayBuffer(8), turn: new SharedArrayBuffer(Turn.Words * 8) };
}

/** One worker's part in reading by turns. */
export class TurnReading {
  private readonly state: Int32Array;
  private readonly turn: Float64Array;
  /** The slot whose stretch has been read and whose records have not been found yet; -1 for none. */
  private waiting = -1;
  private isShort = false;

  constructor(
    memory: TurnMemory,
    private readonly ring: PacketRing,
    private readonly settings: DecodeSettings,
  ) {
    this.state = new Int32Array(memory.state);
    this.turn = new Float64Array(memory.turn);
  }

  /** Begins with the records, all former turns being over; false when they are too few. */
  begin(records: SharedRecords, number: number): boolean {
    const { turn, ring } = this;
    const stretches = Math.floor((records.octets - records.offset) / STRETCH_OCTETS);
    if (stretches < FEWEST_STRETCHES) return false;
    turn[Turn.Descriptor] = records.descriptor;
    turn[Turn.Variant] = VARIANTS.indexOf(records.variant);
    turn[Turn.Link] = records.link;
    turn[Turn.Interface] = records.interface;
    turn[Turn.FirstSlot] = ring.claimed;
    turn[Turn.FirstOffset] = records.offset;
    turn[Turn.Stretches] = stretches;
    turn[Turn.CarryOctets] = 0;
    turn[Turn.Number] = number;
    turn[Turn.Offset] = records.offset;
    turn[Turn.Odd] = 0;
    Atomics.store(this.state, HALTED, 0);
    Atomics.store(this.state, FOUND, ring.claimed);
    ring.open();
    return true;
  }

  /** All stretches have been claimed, or no more are to be. */
  get isOver(): boolean {
    return Atomics.load(this.state, HALTED) !== 0 || this.ring.claimed >= this.endSlot;
  }

  /** No more stretches are to be read. */
  halt(): void {
    Atomics.store(this.state, HALTED, 1);
  }

  get number(): number {
    return this.turn[Turn.Number];
  }

  get offset(): number {
    return this.turn[Turn.Offset];
  }

  get odd(): number {
    return this.turn[Turn.Odd];
  }

  /** Claims the next slot and reads its stretch; false when that cannot be done now. */
  read(): boolean {
    const { ring, turn } = this;
    const slot = ring.claimed;
    if (this.waiting >= 0 || this.isOver || !ring.hasRoom(slot) || !ring.claim(slot)) return false;
    const from = turn[Turn.FirstOffset] + (slot - turn[Turn.FirstSlot]) * STRETCH_OCTETS;
    this.isShort = !readStretch(turn[Turn.Descriptor], ring.slot(slot).window, from);
    this.waiting = slot;
    return true;
  }

  /** Publishes the slot that was read, when the records before it have been found; false when that cannot be done now. */
  find(): boolean {
    const { waiting, state, ring, turn } = this;
    if (waiting < 0 || Atomics.load(state, FOUND) !== waiting) return false;
    const firstNumber = turn[Turn.Number];
    const count = this.isShort || Atomics.load(state, HALTED) !== 0 ? 0 : this.findRecords(waiting);
    if (this.isShort) this.halt();
    this.waiting = -1;
    Atomics.store(state, FOUND, waiting + 1);
    ring.signal();
    const { row } = ring.slot(waiting);
    partition(ring.batch, this.settings, row, row + count);
    ring.publish(waiting, count, firstNumber);
    return true;
  }

  private get endSlot(): number {
    return this.turn[Turn.FirstSlot] + this.turn[Turn.Stretches];
  }

  private findRecords(slot: number): number {
    const { ring, turn } = this;
    const { octets, view } = ring.batch;
    const { batch, start } = ring.slot(slot);
    const variant = VARIANTS[turn[Turn.Variant]];
    const stretch = start + STRETCH_START;
    const end = stretch + STRETCH_OCTETS;
    const carry = turn[Turn.CarryOctets];
    octets.copyWithin(stretch - carry, turn[Turn.CarryStart], turn[Turn.CarryStart] + carry);
    const position = findRecordsOf(batch, variant)(view, stretch - carry, end);
    batch.link.fill(turn[Turn.Link], 0, batch.count);
    batch.interface.fill(turn[Turn.Interface], 0, batch.count);
    const left = end - position;
    if (left >= variant.recordHeaderOctets && claimedOctets(view, position, variant) > MAX_PACKET_OCTETS) this.halt();
    turn[Turn.CarryStart] = position;
    turn[Turn.CarryOctets] = left;
    turn[Turn.Number] += batch.count;
    turn[Turn.Offset] = turn[Turn.FirstOffset] + (slot + 1 - turn[Turn.FirstSlot]) * STRETCH_OCTETS - left;
    turn[Turn.Odd] += batch.odd;
    return batch.count;
  }
}

/** Reads the stretch that begins at `from` of the file; false when it is not wholly there, whyever: the reader will see. */
function readStretch(descriptor: number, window: Uint8Array, from: number): boolean {
  try {
    let octets = 0;
    while (octets < STRETCH_OCTETS) {
      const got = fs.readSync(descriptor, window, STRETCH_START + octets, STRETCH_OCTETS - octets, from + octets);
      if (got === 0) return false;
      octets += got;
    }
    return true;
  } catch {
    return false; // the reader meets the same fault, and tells it
  }
}
