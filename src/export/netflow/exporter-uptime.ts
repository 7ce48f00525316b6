import type { ClosedFlows } from '../../flow/closed-flows.js';
import { F } from '../../flow/flow-record.js';

const enum Span {
  Range = 4_294_967_296,
  /** How far sysUptime is moved ahead of the first flow: others that began earlier may end after it. */
  MarginMs = 86_400_000,
  /** Kept free at the end of the range: a message leaves some time after its flows have ended. */
  ReserveMs = 86_400_000,
  /** Flows that ended longer ago than this come from a capture: then its clock is the exporter's. */
  OldMs = 86_400_000,
}

/**
 * The exporter's clock of NetFlow v5 and v9: flow times are milliseconds of sysUptime in 32 bits, and only the header tells
 * what moment since 1970 that is. Collectors differ in how they take times that have wrapped around, so none ever does:
 * within a message every time lies between sysUptime 0 and that of the header.
 *
 * - sysUptime is 0 at `epochMs`, a day before the first flow. When a flow does not fit into the 49.7 days from there, a new
 *   epoch begins with a new message, as if the exporter had been started again.
 * - The header's time is in whole seconds, rounded up, so that seconds and sysUptime tell the epoch to the millisecond.
 * - It is the wall clock. In a replay whose packets are older than a day it is the latest time of the flows.
 */
export class ExporterUptime {
  /** When sysUptime was 0: whole seconds, in ms since 1970. */
  epochMs: number;
  /** Flows longer than sysUptime can tell: their start was moved. */
  cut = 0;
  readonly #clock: () => number;
  /** End of the latest flow since the epoch began, µs. */
  #latestUs = -Infinity;
  #isReplay = false;

  /** @param clock ms since 1970; default: the wall clock */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
    this.epochMs = epochFor(clock());
  }

  /** Time of a message's header, ms since 1970: whole seconds, not before any flow that was taken. */
  exportTimeMs(): number {
    const latestMs = Math.ceil(this.#latestUs / 1_000_000) * 1000;
    const timeMs = this.#isReplay ? latestMs : Math.max(Math.ceil(this.#clock() / 1000) * 1000, latestMs);
    return timeMs - this.epochMs < Span.Range ? timeMs : latestMs;
  }

  /** Begins a new epoch when the range nears its end. Only between messages. */
  renew(): void {
    if (this.#isReplay || this.#clock() - this.epochMs < Span.Range - Span.ReserveMs) return;
    this.epochMs = epochFor(this.#clock());
    this.#latestUs = -Infinity;
  }

  /** sysUptime at a moment, ms. */
  at(timeMs: number): number {
    return timeMs - this.epochMs;
  }

  /** Takes the flows from row `from` on that can be told with this epoch; answers the first row that cannot. */
  take({ floats, stride, count }: ClosedFlows, from: number): number {
    const leastUs = this.epochMs * 1000;
    const mostUs = (this.epochMs + Span.Range - Span.ReserveMs) * 1000;
    let latestUs = this.#latestUs;
    let row = from;
    for (; row < count; row++) {
      const r = (row * stride) / 2;
      const end = floats[r + F.End];
      if (floats[r + F.Start] < leastUs || end >= mostUs) break;
      if (end > latestUs) latestUs = end;
    }
    this.#latestUs = latestUs;
    return row;
  }

  /** Begins a new epoch for the flow of row `from` and those like it, and takes them as `take` does: that one at least. */
  restart(closed: ClosedFlows, from: number): number {
    const { floats, stride } = closed;
    const r = (from * stride) / 2;
    const startMs = floats[r + F.Start] / 1000;
    const endMs = floats[r + F.End] / 1000;
    this.#isReplay = this.#clock() - endMs > Span.OldMs;
    this.#latestUs = floats[r + F.End];
    this.epochMs = epochFor(startMs);
    if (endMs - this.epochMs >= Span.Range - Span.ReserveMs) {
      this.epochMs = epochFor(endMs - (Span.Range - 3 * Span.ReserveMs));
    }
    if (startMs < this.epochMs) this.cut++;
    return Math.max(this.take(closed, from), from + 1);
  }
}

function epochFor(firstMs: number): number {
  return Math.max(0, Math.floor((firstMs - Span.MarginMs) / 1000) * 1000);
}
