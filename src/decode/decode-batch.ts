import type { PacketBatch } from '../capture/packet-batch.js';
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
  /** The pass that was made, and between which batches. */
  private pass: { readonly batch: PacketBatch; readonly decoded: DecodedBatch; readonly decode: DecodeCommon } | null =
    null;

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

  /** The pass from `batch` to `decoded`: made once, since they are always the same. */
  private over(batch: PacketBatch, decoded: DecodedBatch): DecodeCommon {
    if (this.pass?.batch !== batch || this.pass.decoded !== decoded) {
      this.pass = { batch, decoded, decode: createDecodeCommon(batch, decoded, this.settings) };
    }
    return this.pass.decode;
  }
}
