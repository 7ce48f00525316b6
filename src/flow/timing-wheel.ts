import { Clock } from '../decode/decoded-batch.js';

/**
 * A timing wheel over flow indices: every live flow stands once, in the slot of the earliest moment at which it could
 * expire. A packet never moves its flow; when the slot comes up the owner looks at the flow and expires it or places it
 * anew. Lists are doubly linked rings, so that a flow that ends otherwise leaves in constant time.
 *
 * Memory: two 32-bit links a flow.
 */

export const enum Wheel {
  /** Slots; a moment further away than this many ticks is looked at once per turn of the wheel. */
  WheelSlots = 1_024,
  SlotMask = Wheel.WheelSlots - 1,
}

/** The first tick at which a moment (µs) lies in the past. */
export function tickAfter(timeUs: number): number {
  return Math.floor(timeUs / Clock.TickUs) + 1;
}

export class TimingWheel {
  /** Two links a flow, side by side: the next, the previous. Behind those of the flows stand those of one anchor a slot, which closes the ring. */
  private readonly links: Int32Array;
  private readonly anchors: number;
  /** The current tick: everything due before it has been taken out. */
  tick = 0;
  /** No flow stands in a slot of a tick before this one. */
  private earliest = 0;

  /** @param capacity one more than the highest flow index */
  constructor(capacity: number) {
    this.anchors = capacity;
    this.links = new Int32Array(2 * (capacity + Wheel.WheelSlots));
    this.clear();
  }

  /** Takes all flows out. */
  clear(): void {
    const { anchors, links } = this;
    for (let anchor = anchors; anchor < anchors + Wheel.WheelSlots; anchor++) {
      links[anchor << 1] = anchor;
      links[(anchor << 1) | 1] = anchor;
    }
  }

  /** Places `flow` at `tick`, or at the nearest tick to it that is still to come and within one turn. */
  place(flow: number, tick: number): void {
    const now = this.tick;
    if (tick <= now) tick = now + 1;
    else if (tick >= now + Wheel.WheelSlots) tick = now + Wheel.WheelSlots - 1;
    if (tick < this.earliest) this.earliest = tick;
    const { links } = this;
    const anchor = this.anchors + (tick & Wheel.SlotMask);
    const tail = links[(anchor << 1) | 1];
    links[tail << 1] = flow;
    links[flow << 1] = anchor;
    links[(flow << 1) | 1] = tail;
    links[(anchor << 1) | 1] = flow;
  }

  /** Takes `flow` out. */
  remove(flow: number): void {
    const { links } = this;
    const after = links[flow << 1];
    const before = links[(flow << 1) | 1];
    links[before << 1] = after;
    links[(after << 1) | 1] = before;
  }

  /**
   * Takes the flows out of the slot of `tick`, in the order in which they were placed, as many as `into` has room for.
   * @returns how many; the slot is empty when fewer than there is room for
   */
  take(tick: number, into: Int32Array): number {
    const { links } = this;
    const anchor = this.anchors + (tick & Wheel.SlotMask);
    let n = 0;
    let flow = links[anchor << 1];
    while (flow !== anchor && n < into.length) {
      into[n++] = flow;
      flow = links[flow << 1];
    }
    links[anchor << 1] = flow;
    links[(flow << 1) | 1] = anchor;
    return n;
  }

  /** Sets the tick anew; the wheel must be empty. */
  restart(tick: number): void {
    this.tick = tick;
    this.earliest = tick;
  }

  /** The first flow of the earliest slot that has any; 0 if the wheel is empty. */
  earliestFlow(): number {
    if (this.earliest <= this.tick) this.earliest = this.tick + 1;
    const end = this.tick + Wheel.WheelSlots;
    for (; this.earliest < end; this.earliest++) {
      const anchor = this.anchors + (this.earliest & Wheel.SlotMask);
      const flow = this.links[anchor << 1];
      if (flow !== anchor) return flow;
    }
    this.earliest = this.tick + 1;
    return 0;
  }

  /** Tick of the slot that `earliestFlow` found. */
  get earliestTick(): number {
    return this.earliest;
  }
}
