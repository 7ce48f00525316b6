/**
 * The packet batch: the contract between capture and decode. Columns, allocated once and refilled for every batch; valid
 * until the next refill.
 */

/** Packets in one batch: few enough that a batch's flow records stay in the L2 cache. */
export const BATCH_CAPACITY = 256;

export class PacketBatch {
  /** What the offsets point into. */
  octets: Uint8Array = new Uint8Array(0);
  /** The same memory, for multi-octet reads. */
  view: DataView = new DataView(this.octets.buffer);

  count = 0;
  /** Number of the first packet of this batch in the whole run, from 0. */
  firstNumber = 0;
  /** Latest time stamp in the batch, microseconds since 1970 (whole). */
  latestUs = 0;
  /** Packets of a classic capture whose sub-second field is a second or more. */
  odd = 0;

  /** First octet of the packet in `octets`. */
  readonly offset: Int32Array;
  /** Octets captured. */
  readonly captured: Int32Array;
  /** Octets on the wire, unsigned. */
  readonly wire: Uint32Array;
  /** Whole microseconds since 1970-01-01T00:00Z. */
  readonly timeUs: Float64Array;
  /** Nanoseconds beyond `timeUs`, 0 to 999. */
  readonly timeNs: Int32Array;
  /** LINKTYPE_ value of the packet's interface. */
  readonly link: Uint16Array;
  /** Row of the run's interface table. */
  readonly interface: Uint16Array;

  constructor(readonly capacity: number = BATCH_CAPACITY) {
    this.timeUs = new Float64Array(capacity);
    this.timeNs = new Int32Array(capacity);
    this.offset = new Int32Array(capacity);
    this.captured = new Int32Array(capacity);
    this.wire = new Uint32Array(capacity);
    this.link = new Uint16Array(capacity);
    this.interface = new Uint16Array(capacity);
  }

  /** Takes out of the batch the packets whose element of `mask` is 0; returns how many. The others close ranks. */
  keep(mask: Uint8Array): number {
    const { offset, captured, wire, timeUs, timeNs, link, count } = this;
    const ingress = this.interface;
    let kept = 0;
    let latestUs = 0;
    for (let i = 0; i < count; i++) {
      if (mask[i] === 0) continue;
      const t = timeUs[i];
      if (t > latestUs) latestUs = t;
      offset[kept] = offset[i];
      captured[kept] = captured[i];
      wire[kept] = wire[i];
      timeUs[kept] = t;
      timeNs[kept] = timeNs[i];
      link[kept] = link[i];
      ingress[kept] = ingress[i];
      kept++;
    }
    this.count = kept;
    this.latestUs = latestUs;
    return count - kept;
  }

  /** Points the batch at another buffer. */
  attach(octets: Uint8Array): void {
    if (octets === this.octets) return;
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }
}
