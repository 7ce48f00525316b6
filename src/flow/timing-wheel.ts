import { Clock } from '../decode/decoded-batch.js';

/**
 * A timing wheel over flow indices: every live flow stands once, in the slot of the earliest moment at which it could
 * expire. A packet never moves its flow; when the slot comes up the owner looks at the flow and expires it or places it
 * anew. A slot is a stack of chunks, a cache line each, of which only the uppermost is not full: to take its flows out is
 * to read on, and a flow that ends otherwise leaves in constant time, the uppermost taking its place.
 *
 * Memory: 32 bits a flow for its place and a chunk for every 14 flows.
 */

export const enum Wheel {
  /** Slots; a moment further away than this many ticks is looked at once per turn of the wheel. */
  WheelSlots = 1_024,
  SlotMask = Wheel.WheelSlots - 1,
}

/** A chunk: where the stack goes on below (0: it ends), its slot, and the flows. */
const enum Chunk {
  Below = 0,
  Slot = 1,
  Flows = 2,
  Words = 16,
  FlowsPerChunk = Chunk.Words - Chunk.Flows,
  /** Of a top: the words of its chunk that are used, 0 when it is full. */
  UsedMask = Chunk.Words - 1,
}

/** The first tick at which a moment (µs) lies in the past. */
export function tickAfter(timeUs: number): number {
  return Math.floor(timeUs / Clock.TickUs) + 1;
}

export class TimingWheel {
  private readonly chunks: Int32Array;
  /** For each flow, its word in `chunks`. */
  private readonly places: Int32Array;
  /** For each slot, the word behind that of its uppermost flow; 0 when it is empty. */
  private readonly tops = new Int32Array(Wheel.WheelSlots);
  /** The first free chunk, which says the next; 0: none but those never used, from `unused` on. The first is not used. */
  private free = 0;
  private unused: number = Chunk.Words;
  /** The current tick: everything due before it has been taken out. */
  tick = 0;
  /** No flow stands in a slot of a tick before this one. */
  private earliest = 0;
  /** Tick of the slot in which `earliestFlow` or `nextFlow` found a flow, and the word behind that of the next one in it. */
  foundTick = 0;
  private nextTop = 0;

  /** @param capacity one more than the highest flow index */
  constructor(capacity: number) {
    const chunks = 1 + Math.ceil(capacity / Chunk.FlowsPerChunk) + Wheel.WheelSlots;
    this.chunks = new Int32Array(chunks * Chunk.Words);
    this.places = new Int32Array(capacity);
  }

  /** Takes all flows out. */
  clear(): void {
    this.tops.fill(0);
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
    let top = this.tops[slot];
    if ((top & Chunk.UsedMask) === 0) top = this.addChunk(slot, top);
    this.chunks[top] = flow;
    this.places[flow] = top;
    this.tops[slot] = top + 1;
  }

  /** Takes `flow` out. */
  remove(flow: number): void {
    const { chunks, places, tops } = this;
    const place = places[flow];
    const slot = chunks[(place & ~Chunk.UsedMask) | Chunk.Slot];
    const top = tops[slot] - 1;
    const moved = chunks[top];
    chunks[place] = moved;
    places[moved] = place;
    tops[slot] = (top & Chunk.UsedMask) === Chunk.Flows ? this.dropChunk(top - Chunk.Flows) : top;
  }

  /**
   * Takes flows out of the slot of `tick`, as many as `into` has room for.
   * @returns how many; the slot is empty when fewer than there is room for
   */
  take(tick: number, into: Int32Array): number {
    const { chunks } = this;
    const slot = tick & Wheel.SlotMask;
    let top = this.tops[slot];
    let n = 0;
    while (top !== 0 && n < into.length) {
      into[n++] = chunks[--top];
      if ((top & Chunk.UsedMask) === Chunk.Flows) top = this.dropChunk(top - Chunk.Flows);
    }
    this.tops[slot] = top;
    return n;
  }

  /** Sets the tick anew; the wheel must be empty. */
  restart(tick: number): void {
    this.tick = tick;
    this.earliest = tick;
  }

  /** A flow of the earliest slot that has any; 0 if the wheel is empty. `nextFlow` goes on from there. */
  earliestFlow(): number {
    const { tops } = this;
    if (this.earliest <= this.tick) this.earliest = this.tick + 1;
    const end = this.tick + Wheel.WheelSlots;
    while (this.earliest < end && tops[this.earliest & Wheel.SlotMask] === 0) this.earliest++;
    this.foundTick = this.earliest;
    this.nextTop = tops[this.earliest & Wheel.SlotMask];
    return this.nextFlow();
  }

  /** The flow after the one found before, slot by slot; 0 if there is none. The former one may have been placed anew. */
  nextFlow(): number {
    const { chunks, tops } = this;
    const last = this.tick + Wheel.WheelSlots - 1;
    while (this.nextTop === 0) {
      if (this.foundTick >= last) return 0;
      this.nextTop = tops[++this.foundTick & Wheel.SlotMask];
    }
    const top = --this.nextTop;
    if ((top & Chunk.UsedMask) === Chunk.Flows) this.nextTop = chunks[(top - Chunk.Flows) | Chunk.Below];
    return chunks[top];
  }

  /** Puts an empty chunk upon the stack of `slot` that ends at `below`; returns its first word for a flow. */
  private addChunk(slot: number, below: number): number {
    const { chunks } = this;
    let chunk = this.free;
    if (chunk !== 0) this.free = chunks[chunk | Chunk.Below];
    else {
      chunk = this.unused;
      this.unused += Chunk.Words;
    }
    chunks[chunk | Chunk.Below] = below;
    chunks[chunk | Chunk.Slot] = slot;
    return chunk + Chunk.Flows;
  }

  /** Frees a chunk that has become empty; returns the top of what is below. */
  private dropChunk(chunk: number): number {
    const below = this.chunks[chunk | Chunk.Below];
    this.chunks[chunk | Chunk.Below] = this.free;
    this.free = chunk;
    return below;
  }
}
