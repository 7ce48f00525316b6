/** What may be sent at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 0.02;

/** A bound on records per second. */
export class Rate {
  readonly #perMs: number;
  readonly #burst: number;
  #allowed: number;
  #ms: number;

  /** @param perSecond records; Infinity for no bound */
  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = Math.max(1, perSecond * BURST_SECONDS);
    this.#allowed = this.#burst;
    this.#ms = nowMs;
  }

  /** Records that may be sent now: below 1, none. */
  allowed(nowMs: number): number {
    if (this.#perMs === Infinity) return Infinity;
    this.#allowed = Math.min(this.#burst, this.#allowed + (nowMs - this.#ms) * this.#perMs);
    this.#ms = nowMs;
    return this.#allowed;
  }

  /** A message may hold more than was allowed: the next ones wait for that. */
  use(records: number): void {
    if (this.#perMs !== Infinity) this.#allowed -= records;
  }

  /** ms until a record may be sent. */
  get waitMs(): number {
    return Math.max(1, Math.ceil((1 - this.#allowed) / this.#perMs));
  }
}
