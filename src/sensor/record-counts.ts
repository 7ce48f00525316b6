import type { ClosedFlows } from '../flow/closed-flows.js';
import { F, W } from '../flow/flow-record.js';

/** Sums over the records that left the flow cache, for the ledger. */
export class RecordCounts {
  flows = 0;
  /** The same with two for a flow that has packets in both directions. */
  uniflows = 0;
  packets = 0;
  octets = 0;

  /** Adds rows `from` to `to`. */
  add(closed: ClosedFlows, from = 0, to = closed.count): void {
    const { words, floats, stride } = closed;
    let biflows = 0;
    for (let row = from; row < to; row++) {
      const r = row * stride;
      this.packets += (words[r + W.Packets] >>> 0) + (words[r + W.ReversePackets] >>> 0);
      if (words[r + W.ReversePackets] !== 0) biflows++;
      this.octets += floats[r / 2 + F.Octets] + floats[r / 2 + F.ReverseOctets];
    }
    this.flows += to - from;
    this.uniflows += to - from + biflows;
  }
}
