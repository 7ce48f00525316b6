/** How late timers of this thread come: the latest of the last minute or two. */
const WINDOW_MS = 60_000;

export class TimerLateness {
  private lastMs = NaN;
  private current = 0;
  private former = 0;
  private windowEndMs = 0;

  constructor(private readonly intervalMs: number) {}

  /** The timer has come, at monotonic `nowMs`. */
  note(nowMs: number): void {
    if (nowMs >= this.windowEndMs) {
      this.former = this.current;
      this.current = 0;
      this.windowEndMs = nowMs + WINDOW_MS;
    }
    const late = nowMs - this.lastMs - this.intervalMs;
    if (late > this.current) this.current = late;
    this.lastMs = nowMs;
  }

  get largestMs(): number {
    return Math.max(this.current, this.former);
  }
}
