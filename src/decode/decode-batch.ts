import type { PacketBatch } from '../capture/packet-batch.js';
import type { DecodedBatch } from './decoded-batch.js';
import { createDecodeCommon, type DecodeCommon } from './decode-common.js';
import { DecodeCounters } from './decode-counters.js';
import type { DecodeSettings } from './decode-settings.js';
import { PacketWalk } from './packet-walk.js';
import { createPartition, type Partition, type Share } from './partition.js';

/** The passes that were made, and between which batches. */
interface Passes {
  readonly batch: PacketBatch;
  readonly decoded: DecodedBatch;
  readonly decode: DecodeCommon;
  /** Null for one worker alone. */
  readonly partition: Partition | null;
  readonly share: Share;
}

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
  private passes: Passes | null = null;

  constructor(private readonly settings: DecodeSettings) {
    this.walk = new PacketWalk(settings, this.counters);
  }

  /** Decodes the packets of rows `from` to `to` of `batch`, at most as many as `decoded` has room for. */
  decode(batch: PacketBatch, from: number, to: number, decoded: DecodedBatch): void {
    decoded.begin(batch.octets, batch.view, batch.firstNumber);
    const { decode, partition, share } = this.over(batch, decoded);
    if (partition === null) {
      for (let i = from; ; i++) {
        i = decode(batch.view, i, to);
        if (i === to) break;
        this.walk.packet(batch, i, decoded);
      }
    } else {
      for (let i = from; i < to; i++) {
        i = partition(batch.view, i, to);
        this.decodeShare(batch, decode, share, decoded);
        if (i < to) this.walk.packet(batch, i, decoded);
      }
    }
    this.counters.received += to - from;
  }

  private decodeShare(batch: PacketBatch, decode: DecodeCommon, { rows, count }: Share, decoded: DecodedBatch): void {
    for (let j = 0; ; j++) {
      j = decode(batch.view, j, count);
      if (j === count) return;
      this.walk.packet(batch, rows[j] ^ (rows[j] >> 31), decoded);
    }
  }

  /** The passes from `batch` to `decoded`: made once, since they are always the same. */
  private over(batch: PacketBatch, decoded: DecodedBatch): Passes {
    if (this.passes?.batch !== batch || this.passes.decoded !== decoded) {
      const { settings } = this;
      const isAlone = settings.workers === 1;
      const share = { rows: new Int32Array(isAlone ? 0 : batch.capacity), count: 0 };
      const partition = isAlone ? null : createPartition(batch, decoded, settings, share);
      const decode = createDecodeCommon(batch, decoded, settings, isAlone ? null : share.rows);
      this.passes = { batch, decoded, decode, partition, share };
    }
    return this.passes;
  }
}
