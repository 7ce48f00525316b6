/** What the cache counted; each flow created leaves with exactly one end reason. */
export class FlowCacheCounters {
  created = 0;
  /** Flows ended, by flowEndReason. */
  readonly ended = new Float64Array(8);
  /** Most flows alive at once. */
  peak = 0;
}
