/**
 * What the clock that stamps the packets shows, told from the machine's monotonic clock: the freshest packets of the last
 * minute or two say how far the two are apart. So time goes on while the wire is silent, whatever clock stamps the
 * packets, and however late they are read.
 */

const WINDOW_MS = 60_000;

export class WireClock {
  /** Smallest difference seen, monotonic minus packet time, ms: of the current window and of the one before. */
  private lagMs = Infinity;
  private formerLagMs = Infinity;
  private windowEndMs = 0;

  /** A packet of time `timeUs` has been read at monotonic `nowMs`. */
  note(timeUs: number, nowMs: number): void {
    if (nowMs >= this.windowEndMs) {
      this.formerLagMs = this.lagMs;
      this.lagMs = Infinity;
      this.windowEndMs = nowMs + WINDOW_MS;
    }
    const lagMs = nowMs - timeUs / 1_000;
    if (lagMs < this.lagMs) this.lagMs = lagMs;
  }

  /** Packet time at monotonic `nowMs`, µs; -Infinity before the first packet. */
  at(nowMs: number): number {
    return (nowMs - Math.min(this.lagMs, this.formerLagMs)) * 1_000;
  }

  /** The clock that stamps the packets was set, by `deltaUs`. */
  shift(deltaUs: number): void {
    this.lagMs -= deltaUs / 1_000;
    this.formerLagMs -= deltaUs / 1_000;
  }
}

/** A smaller step is one that timeouts can bear. */
export const SMALLEST_STEP_MS = 1_000;
/** Between reading both clocks the thread may have been stopped; then their difference says less. */
const LONGEST_READING_MS = 50;

/** Tells when the wall clock has been set: it and the monotonic clock drift apart at once, not by and by. */
export class WallClockSteps {
  private offsetMs = NaN;

  /** @returns by how much the wall clock was set since the last call, µs; 0 nearly always */
  check(beforeMs: number, wallMs: number, afterMs: number): number {
    const offsetMs = wallMs - afterMs;
    const stepMs = offsetMs - this.offsetMs;
    const isStep = Math.abs(stepMs) > SMALLEST_STEP_MS + (afterMs - beforeMs);
    if (isStep || afterMs - beforeMs <= LONGEST_READING_MS) this.offsetMs = offsetMs;
    return isStep ? Math.round(stepMs * 1_000) : 0;
  }
}
