import type { PacketBatch } from '../capture/packet-batch.js';
import type { DecodedBatch } from './decoded-batch.js';
import { createDecodeCommon, type DecodeCommon } from './decode-common.js';
import { DecodeCounters } from './decode-counters.js';
import type { DecodeSettings } from './decode-settings.js';
import { PacketWalk } from './packet-walk.js';

/** More batches than any capture fills in turn. */
const MOST_PASSES = 64;

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
  /** The passes that were made, and from which batches: as many as there are windows that are filled in turn. */
  private batches: PacketBatch[] = [];
  private passes: DecodeCommon[] = [];
  private decoded: DecodedBatch | null = null;

  constructor(private readonly settings: DecodeSettings) {
    this.walk = new PacketWalk(settings, this.counters);
  }

  /** Decodes the packets of rows `from` to `to` of `batch`, at most as many as `decoded` has room for. */
  decode(batch: PacketBatch, from: number, to: number, decoded: DecodedBatch): void {
    decoded.begin(batch.octets, batch.view, batch.firstNumber);
    const common = this.over(batch, decoded);
    for (let i = from; ; i++) {
      i = common(batch.view, i, to);
      if (i === to) break;
      this.walk.packet(batch, i, decoded);
    }
    this.counters.received += to - from;
  }

  /** The pass from `batch` to `decoded`, which is made once. */
  private over(batch: PacketBatch, decoded: DecodedBatch): DecodeCommon {
    if (decoded !== this.decoded || this.batches.length === MOST_PASSES) {
      this.decoded = decoded;
      this.batches = [];
      this.passes = [];
    }
    let n = this.batches.indexOf(batch);
    if (n < 0) {
      n = this.batches.push(batch) - 1;
      this.passes.push(createDecodeCommon(batch, decoded, this.settings));
    }
    return this.passes[n];
  }
}
