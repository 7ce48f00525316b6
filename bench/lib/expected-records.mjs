/**
 * Counts, while a trace is generated, the flow records that a biflow meter makes of it: idle timeout 30 s (strict), no
 * active timeout within a trace, TCP flows end at RST and at the packet that completes both FINs. A reader of the trace
 * can therefore be checked against the generator, not only against itself.
 */
export const IDLE_TIMEOUT_MICROSECONDS = 30_000_000;
const BUCKET_MICROSECONDS = 100_000;

export class ExpectedRecords {
  records = 0;
  endedByTcp = 0;
  endedByIdle = 0;
  /** Change of the number of live records per tenth of a second. */
  #births;
  #deaths;
  /** End of life of records that nobody closed; those beyond the end of the trace are still live there. */
  #traceMicroseconds;

  /** @param {number} traceSeconds upper bound of the trace time */
  constructor(traceSeconds) {
    this.#traceMicroseconds = traceSeconds * 1e6;
    const buckets = Math.ceil((this.#traceMicroseconds + 2 * IDLE_TIMEOUT_MICROSECONDS) / BUCKET_MICROSECONDS) + 1;
    this.#births = new Int32Array(buckets);
    this.#deaths = new Int32Array(buckets);
  }

  /** @param {number} time microseconds since the start of the trace */
  begin(time) {
    this.records++;
    this.#births[Math.floor(time / BUCKET_MICROSECONDS)]++;
  }

  /** @param {number} time of the closing packet */
  closeByTcp(time) {
    this.endedByTcp++;
    this.#deaths[Math.floor(time / BUCKET_MICROSECONDS)]++;
  }

  /**
   * A record that got its last packet at `lastTime` and is not closed: it ends by idle timeout, unless the trace ends first.
   * @param {number} lastTime
   * @param {number} newestTime time of the trace's last packet, Infinity when the idle gap has been seen already
   */
  leave(lastTime, newestTime) {
    if (newestTime - lastTime > IDLE_TIMEOUT_MICROSECONDS) {
      this.endedByIdle++;
      this.#deaths[Math.floor((lastTime + IDLE_TIMEOUT_MICROSECONDS) / BUCKET_MICROSECONDS)]++;
    }
  }

  /** @returns {{ peak: number, mean: number }} live records; the mean is that of the trace's second half */
  live() {
    const buckets = Math.ceil(this.#traceMicroseconds / BUCKET_MICROSECONDS);
    let live = 0;
    let peak = 0;
    let sum = 0;
    for (let i = 0; i < buckets; i++) {
      live += this.#births[i];
      peak = Math.max(peak, live);
      live -= this.#deaths[i];
      if (i >= buckets / 2) sum += live;
    }
    return { peak, mean: Math.round(sum / (buckets - Math.ceil(buckets / 2))) };
  }
}
