import { Owner, type PacketBatch } from '../capture/packet-batch.js';
import type { DecodedBatch } from './decoded-batch.js';
import { createDecodeCommon, type DecodeCommon } from './decode-common.js';
import { DecodeCounters } from './decode-counters.js';
import type { DecodeSettings } from './decode-settings.js';
import { PacketWalk } from './packet-walk.js';

/**
 * Decodes batches: gives every packet that is to be metered a row of the decoded batch.
 *
 * Nearly all packets of nearly all links have one shape: Ethernet, perhaps one VLAN tag, IPv4 without options or IPv6
 * without extension headers, not a fragment, TCP or UDP, headers captured whole. That shape is decoded right here, in
 * words of four octets; every other packet takes the walk of packet-walk.ts, which knows every header there is and gives
 * the same row for the common shape (a test compares the two).
 */
export class BatchDecoder {
  readonly counters = new DecodeCounters();
  private readonly walk: PacketWalk;
  private common = new WeakMap<PacketBatch, DecodeCommon>();
  private decoded: DecodedBatch | null = null;

  constructor(private readonly settings: DecodeSettings) {
    this.walk = new PacketWalk(settings, this.counters);
  }

  /** Decodes the packets of rows `from` to `to` of `batch`, at most as many as `decoded` has room for. */
  decode(batch: PacketBatch, from: number, to: number, decoded: DecodedBatch): void {
    decoded.begin(batch.octets, batch.view, batch.firstNumber);
    if (this.settings.workers > 1) this.touched ^= this.touch(batch, from, to);
    const common = this.over(batch, decoded);
    for (let i = from; ; i++) {
      i = common(batch.view, i, to);
      if (i === to) break;
      this.walk.packet(batch, i, decoded);
    }
    this.counters.received += to - from;
  }

  /**
   * Loads the headers of this worker's packets: they lie in the cache of the processor that read them, and here the
   * waiting for one overlaps that for the next.
   */
  private touch(batch: PacketBatch, from: number, to: number): number {
    const { octets, offset, owner } = batch;
    const { worker } = this.settings;
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (owner[i] === worker || owner[i] === Owner.Any) sum ^= octets[offset[i]] ^ octets[offset[i] + 48];
    }
    return sum;
  }
  private touched = 0;

  /** The pass from `batch` to `decoded`: made once for each batch, of which there are as many as windows that are filled in turn. */
  private over(batch: PacketBatch, decoded: DecodedBatch): DecodeCommon {
    if (decoded !== this.decoded) this.common = new WeakMap();
    this.decoded = decoded;
    let common = this.common.get(batch);
    if (common === undefined) this.common.set(batch, (common = createDecodeCommon(batch, decoded, this.settings)));
    return common;
  }
}
