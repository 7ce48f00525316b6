import type { PacketBatch } from '../capture/packet-batch.js';
import { PacketFilter } from '../capture/packet-filter.js';
import { DuplicateFilter } from '../decode/duplicate-filter.js';
import type { HashSeed } from '../decode/flow-key.js';
import { filterTime } from './time-filter.js';

/** Which packets of a replay are left out; fields as in `ReplaySettings`. */
export interface SelectionSettings {
  readonly fromUs: number;
  readonly toUs: number;
  readonly filter: string | null;
  readonly dedupUs: number;
}

/** Takes out of batches what is not to be metered, and counts it. */
export class PacketSelection {
  filtered = 0;
  duplicates = 0;
  private readonly filter: PacketFilter | null;
  private readonly dedup: DuplicateFilter | null;
  private readonly hasTimes: boolean;

  /** @param seed two selections with the same one take out the same packets */
  constructor(
    private readonly settings: SelectionSettings,
    seed: HashSeed,
  ) {
    const { fromUs, toUs, filter, dedupUs } = settings;
    this.hasTimes = fromUs > 0 || toUs < Infinity;
    this.filter = filter === null ? null : new PacketFilter(filter);
    this.dedup = dedupUs === 0 ? null : new DuplicateFilter(dedupUs, seed);
  }

  /** Throws a `CaptureError` when the filter makes no sense for the link type of a packet. */
  apply(batch: PacketBatch): void {
    if (this.hasTimes) this.filtered += filterTime(batch, this.settings.fromUs, this.settings.toUs);
    if (this.filter !== null) this.filtered += this.filter.apply(batch);
    if (this.dedup !== null) this.duplicates += this.dedup.apply(batch);
  }
}
