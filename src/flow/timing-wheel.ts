import { Clock } from '../decode/decoded-batch.js';
import { reservedMemory } from './reserved-memory.js';

/**
 * A timing wheel over flow indices: every live flow stands once, in the slot of the earliest moment at which it could
 * expire. A packet never moves its flow; when the slot comes up the owner looks at the flow and expires it or places it
 * anew. A slot is a queue in chunks, a cache line each: to take its flows out is to read on, and a flow that ends otherwise
 * leaves in constant time, the first one taking its place.
 *
 * Memory: 32 bits a flow for its place and a chunk for every 14 flows.
 */

export const enum Wheel {
  /** Slots; a moment further away than this many ticks is looked at once per turn of the wheel. */
  WheelSlots = 1_024,
  SlotMask = Wheel.WheelSlots - 1,
  /** Flows that are taken out together. */
  LeavingFlows = 64,
}

/** A chunk: the one after it, its slot, and the flows. */
const enum Chunk {
  After = 0,
  Slot = 1,
  Flows = 2,
  Words = 16,
  FlowsPerChunk = Chunk.Words - Chunk.Flows,
  /** Position of a word in its chunk; 0 behind the last one. */
  WordMask = Chunk.Words - 1,
}

/** The first tick at which a moment (µs) lies in the past. */
export function tickAfter(timeUs: number): number {
  return Math.floor(timeUs / Clock.TickUs) + 1;
}

export class TimingWheel {
  private readonly chunks: Int32Array;
  /** For each flow, its word in `chunks`. */
  private readonly places: Int32Array;
  /** For each slot, the word of its first flow and the one behind its last; both 0 when it is empty. */
  private readonly heads = new Int32Array(Wheel.WheelSlots);
  private readonly tails = new Int32Array(Wheel.WheelSlots);
  /** The first free chunk, which says the next; 0: none but those never used, from `unused` on. The first is not used. */
  private free = 0;
  private unused: number = Chunk.Words;
  /** The current tick: everything due before it has been taken out. */
  tick = 0;
  /** No flow stands in a slot of a tick before this one. */
  private earliest = 0;
  /** Flows that are to be taken out, and how many. */
  private readonly leaving = new Int32Array(Wheel.LeavingFlows);
  private leavingCount = 0;
  /** Sum of what was loaded; of no use but to keep the loads. */
  private loaded = 0;
  /** Tick of the slot in which `earliestFlow` or `nextFlow` found a flow, and the word of the next one in it; 0: none. */
  foundTick = 0;
  private next = 0;

  /** @param capacity one more than the highest flow index */
  constructor(capacity: number) {
    // The first and the last chunk of a slot may have room.
    const chunks = 1 + Math.ceil(capacity / Chunk.FlowsPerChunk) + 2 * Wheel.WheelSlots;
    this.chunks = new Int32Array(reservedMemory(chunks * Chunk.Words * 4));
    this.places = new Int32Array(reservedMemory(capacity * 4));
  }

  /** Takes all flows out. */
  clear(): void {
    this.leavingCount = 0;
    this.heads.fill(0);
    this.tails.fill(0);
    this.free = 0;
    this.unused = Chunk.Words;
  }

  /** Places `flow` at `tick`, or at the nearest tick to it that is still to come and within one turn. */
  place(flow: number, tick: number): void {
    const now = this.tick;
    if (tick <= now) tick = now + 1;
    else if (tick >= now + Wheel.WheelSlots) tick = now + Wheel.WheelSlots - 1;
    if (tick < this.earliest) this.earliest = tick;
    const slot = tick & Wheel.SlotMask;
    let word = this.tails[slot];
    if ((word & Chunk.WordMask) === 0) word = this.addChunk(slot, word);
    this.chunks[word] = flow;
    this.places[flow] = word;
    this.tails[slot] = word + 1;
  }

  /** Takes `flow` out. */
  remove(flow: number): void {
    // In the order of the calls, on which the order of the flows in a slot depends.
    this.removeLeaving();
    this.takeOut(flow);
  }

  /** Takes `flow` out with the next ones, all cache misses at once; it must not be placed anew before `removeLeaving`. */
  removeSoon(flow: number): void {
    this.leaving[this.leavingCount++] = flow;
    if (this.leavingCount === this.leaving.length) this.removeLeaving();
  }

  /** Takes out what is to be taken out soon. */
  removeLeaving(): void {
    const { leaving, leavingCount, places, chunks, heads } = this;
    let sum = 0;
    for (let j = 0; j < leavingCount; j++) sum ^= places[leaving[j]];
    for (let j = 0; j < leavingCount; j++) sum ^= chunks[places[leaving[j]]];
    for (let j = 0; j < leavingCount; j++) {
      sum ^= places[chunks[heads[chunks[(places[leaving[j]] & ~Chunk.WordMask) | Chunk.Slot]]]];
    }
    this.loaded ^= sum;
    this.leavingCount = 0;
    for (let j = 0; j < leavingCount; j++) this.takeOut(leaving[j]);
  }

  /**
   * Takes flows out of the slot of `tick`, in the order in which they were placed but for those that took another's place,
   * as many as `into` has room for.
   * @returns how many; the slot is empty when fewer than there is room for
   */
  take(tick: number, into: Int32Array): number {
    this.removeLeaving();
    const { chunks } = this;
    const slot = tick & Wheel.SlotMask;
    let head = this.heads[slot];
    let n = 0;
    while (head !== 0 && n < into.length) {
      into[n++] = chunks[head];
      head = this.dropFirst(slot, head);
    }
    this.heads[slot] = head;
    return n;
  }

  /** Sets the tick anew; the wheel must be empty. */
  restart(tick: number): void {
    this.tick = tick;
    this.earliest = tick;
  }

  /** The first flow of the earliest slot that has any; 0 if the wheel is empty. `nextFlow` goes on from there. */
  earliestFlow(): number {
    this.removeLeaving();
    const { heads } = this;
    if (this.earliest <= this.tick) this.earliest = this.tick + 1;
    const end = this.tick + Wheel.WheelSlots;
    while (this.earliest < end && heads[this.earliest & Wheel.SlotMask] === 0) this.earliest++;
    this.foundTick = this.earliest;
    this.next = heads[this.earliest & Wheel.SlotMask];
    return this.nextFlow();
  }

  /** The flow after the one found before, slot by slot; 0 if there is none. The former one may have been placed anew. */
  nextFlow(): number {
    const { chunks, heads, tails } = this;
    const last = this.tick + Wheel.WheelSlots - 1;
    while (this.next === 0) {
      if (this.foundTick >= last) return 0;
      this.next = heads[++this.foundTick & Wheel.SlotMask];
    }
    const word = this.next;
    if (word + 1 === tails[this.foundTick & Wheel.SlotMask]) this.next = 0;
    else if (((word + 1) & Chunk.WordMask) !== 0) this.next = word + 1;
    else this.next = chunks[(word & ~Chunk.WordMask) | Chunk.After] | Chunk.Flows;
    return chunks[word];
  }

  private takeOut(flow: number): void {
    const { chunks, places } = this;
    const place = places[flow];
    const slot = chunks[(place & ~Chunk.WordMask) | Chunk.Slot];
    const head = this.heads[slot];
    const first = chunks[head];
    chunks[place] = first;
    places[first] = place;
    this.heads[slot] = this.dropFirst(slot, head);
  }

  /** Puts an empty chunk behind the last one of `slot`, which ends at `tail`; returns its first word for a flow. */
  private addChunk(slot: number, tail: number): number {
    const { chunks } = this;
    let chunk = this.free;
    if (chunk !== 0) this.free = chunks[chunk | Chunk.After];
    else {
      chunk = this.unused;
      this.unused += Chunk.Words;
    }
    chunks[chunk | Chunk.Slot] = slot;
    if (tail === 0) this.heads[slot] = chunk | Chunk.Flows;
    else chunks[(tail - Chunk.Words) | Chunk.After] = chunk;
    return chunk | Chunk.Flows;
  }

  /** Frees the chunk of the first flow of `slot`, which stands at `head`, if it was the last one in it; returns the next head. */
  private dropFirst(slot: number, head: number): number {
    const { chunks } = this;
    const isLast = head + 1 === this.tails[slot];
    if (!isLast && ((head + 1) & Chunk.WordMask) !== 0) return head + 1;
    const chunk = head & ~Chunk.WordMask;
    const after = chunks[chunk | Chunk.After];
    chunks[chunk | Chunk.After] = this.free;
    this.free = chunk;
    if (!isLast) return after | Chunk.Flows;
    this.tails[slot] = 0;
    return 0;
  }
}
