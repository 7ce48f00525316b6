import { FlowOrder } from './flow-order.js';
import type { FlowStore } from './flow-store.js';

/** Position of what the clock ends when packet `number` moves it: just before that packet. */
export function positionBefore(number: number): number {
  return number - 0.5;
}

/**
 * The flows that have ended and not yet been handed on, in the order in which their records leave: those that a packet
 * ended in the order of the packets; those that one move of the clock ended in the order of their first packets.
 */
export class ClosingList {
  flows: Int32Array;
  /** For each, the number of the packet that ended it, or at which the clock moved; infinite at the end of all. */
  positions: Float64Array;
  length = 0;

  /** @param capacity flows it has room for before it has to grow: what one batch can end */
  constructor(capacity: number) {
    this.flows = new Int32Array(capacity);
    this.positions = new Float64Array(capacity);
  }

  add(flow: number, position: number): void {
    if (this.length === this.flows.length) {
      const { flows, positions } = this;
      this.flows = new Int32Array(2 * flows.length);
      this.flows.set(flows);
      this.positions = new Float64Array(2 * flows.length);
      this.positions.set(positions);
    }
    this.flows[this.length] = flow;
    this.positions[this.length++] = position;
  }

  /** Orders the whole list, all of one position, by the number of the flows' first packets. */
  sortByFirstNumber(store: FlowStore): void {
    if (this.length < 2) return;
    const order = new FlowOrder(store, this.length);
    for (let j = 0; j < this.length; j++) order.add(this.flows[j]);
    order.sort();
    for (let j = 0; j < this.length; j++) this.flows[j] = order.flow(j);
  }
}
