/** `performance.now()` counts from the start of each thread; the machine's own clock is the same for all. */
const ORIGIN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The machine's monotonic clock, ms. */
export function monotonicMs(): number {
  return ORIGIN_MS + performance.now();
}
