/** Whole numbers below a bound, the same ones for the same seed (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** Begins anew, as if made with this seed. */
  reset(seed: number): void {
    this.state = seed | 0;
  }

  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}
