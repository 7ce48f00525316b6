import { positionBefore } from '../flow/closing-list.js';
import type { Metering } from './metering.js';
import type { PacketRing } from './packet-ring.js';
import type { TurnReading } from './turn-reading.js';

/** What each worker does: meters its share of every slot, in order, and reads when it is ahead of the others. */
export class RingMetering {
  /** Slots that it has gone through. */
  done = 0;
  /** Before this position there will be no more records. */
  progress = positionBefore(0);

  constructor(
    private readonly worker: number,
    private readonly ring: PacketRing,
    private readonly turns: TurnReading,
    private readonly metering: Metering,
  ) {}

  /**
   * Does what is next; false when there is nothing to be done now. Reading comes first when all that was claimed will be
   * used up soon: so it falls to who has gone furthest, and the others catch up.
   */
  step(): boolean {
    const { ring, turns } = this;
    if (turns.find()) return true;
    if (ring.claimed - this.done <= ring.workers && turns.read()) return turns.find() || true;
    if (!ring.isPublished(this.done)) return false;
    this.meter();
    return true;
  }

  private meter(): void {
    const { ring, metering, done } = this;
    const { row } = ring.slot(done);
    const count = ring.countOf(done);
    const firstNumber = ring.firstNumberOf(done);
    ring.batch.firstNumber = firstNumber - row;
    metering.meterRows(ring.batch, row, row + count);
    // The clock may yet move, and end flows, just before the next packet.
    this.progress = positionBefore(firstNumber + count);
    this.done++;
    ring.release(this.worker, this.done, metering.liveFlows);
  }
}
