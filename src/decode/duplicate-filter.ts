import type { PacketBatch } from '../capture/packet-batch.js';
import { DecodeCounters } from './decode-counters.js';
import { createDecodeSettings } from './decode-settings.js';
import { createHashSeed, type HashSeed } from './flow-key.js';
import { LinkType } from './link/link-types.js';
import { Ipv4 } from './network/ipv4.js';
import { Ipv6 } from './network/ipv6.js';
import { PacketWalk } from './packet-walk.js';

const enum Place {
  EtherType = 12,
  EthernetHeaderOctets = 14,
  EtherTypeIpv4 = 0x0800,
  EtherTypeIpv6 = 0x86dd,
}

const enum Table {
  Buckets = 1 << 16,
  Ways = 8,
}

const enum Compared {
  /** Octets behind the IP header that are compared: the transport header, and what tells its payload from another. */
  PayloadOctets = 64,
}

/**
 * Finds packets that a mirror port shows twice, as it does where it copies a switch's traffic on its way in and on its way
 * out. Two packets are one when they came within the window and agree in
 *
 * - the outermost IP header but for what a hop changes: type of service, time to live and checksum of IPv4; traffic class
 *   and hop limit of IPv6. Its total length and, in IPv4, its identification count;
 * - the first 64 octets behind the fixed IP header, as far as both the datagram and the capture reach.
 *
 * Link headers, VLAN tags among them, do not count. Packets without IP are never duplicates. The first of several is kept
 * and the window begins with it. What is compared is a keyed hash of 64 bits. Nobody can tell a mirrored packet from one
 * that was really sent twice with the same identification, such as a repeated TCP acknowledgement: hence short windows.
 *
 * The table has 524,288 places, the oldest of eight being used again: with 200,000 packets within a window fewer than one
 * duplicate in a hundred is missed, and metered; with more packets more are.
 */
export class DuplicateFilter {
  private readonly walk = new PacketWalk(createDecodeSettings(), new DecodeCounters());
  private readonly first = new Int32Array(Table.Buckets * Table.Ways);
  private readonly second = new Int32Array(Table.Buckets * Table.Ways);
  private readonly seenUs = new Float64Array(Table.Buckets * Table.Ways).fill(-Infinity);
  private mask = new Uint8Array(0);
  /** The hash of the packet under way. */
  private h = 0;
  private g = 0;

  constructor(
    private readonly windowUs: number,
    private readonly seed: HashSeed = createHashSeed(),
  ) {}

  /** Takes the duplicates out of the batch; returns how many. */
  apply(batch: PacketBatch): number {
    const { count, timeUs } = batch;
    if (this.mask.length < count) this.mask = new Uint8Array(batch.capacity);
    let duplicates = 0;
    for (let i = 0; i < count; i++) {
      const duplicate = this.hash(batch, i) && this.isSeen(timeUs[i]);
      this.mask[i] = duplicate ? 0 : 1;
      if (duplicate) duplicates++;
    }
    return duplicates === 0 ? 0 : batch.keep(this.mask);
  }

  /** Whether the packet hashed last was seen within the window before; notes it if not. */
  private isSeen(t: number): boolean {
    const { first, second, seenUs, windowUs, h, g } = this;
    const bucket = (h & (Table.Buckets - 1)) * Table.Ways;
    let oldest = bucket;
    for (let i = bucket; i < bucket + Table.Ways; i++) {
      if (first[i] === h && second[i] === g && Math.abs(t - seenUs[i]) <= windowUs) return true;
      if (seenUs[i] < seenUs[oldest]) oldest = i;
    }
    first[oldest] = h;
    second[oldest] = g;
    seenUs[oldest] = t;
    return false;
  }

  /** Hashes what is compared; false when the packet has no whole IP header. */
  private hash(batch: PacketBatch, i: number): boolean {
    const { view } = batch;
    const start = batch.offset[i];
    const end = start + batch.captured[i];
    let ip = -1;
    if (batch.link[i] === LinkType.Ethernet && end - start >= Place.EthernetHeaderOctets + Ipv4.MinHeaderOctets) {
      const type = view.getUint16(start + Place.EtherType);
      if (type === Place.EtherTypeIpv4 || type === Place.EtherTypeIpv6) ip = start + Place.EthernetHeaderOctets;
    }
    if (ip < 0) ip = this.walk.ipOffset(batch, i);
    if (ip < 0 || end - ip < Ipv4.MinHeaderOctets) return false;
    this.h = this.seed[0];
    this.g = this.seed[1];
    const word = view.getInt32(ip);
    let next = ip + Ipv4.MinHeaderOctets;
    let last = ip;
    if (word >>> 28 === 4) {
      this.add(word & ~0x00ff0000);
      this.add(view.getInt32(ip + 4));
      this.add(view.getUint8(ip + 9));
      this.add(view.getInt32(ip + Ipv4.Source));
      this.add(view.getInt32(ip + Ipv4.Destination));
      // A length of 0 is one that segmentation offload has left out.
      last = (word & 0xffff) === 0 ? end : ip + (word & 0xffff);
    } else if (word >>> 28 === 6 && end - ip >= Ipv6.HeaderOctets) {
      next = ip + Ipv6.HeaderOctets;
      this.add(word & ~0x0ff00000);
      this.add(view.getInt32(ip + Ipv6.PayloadLength) & ~0xff);
      for (let at = ip + Ipv6.Source; at < next; at += 4) this.add(view.getInt32(at));
      last = next + view.getUint16(ip + Ipv6.PayloadLength);
    } else return false;
    if (last > end) last = end;
    if (last > next + Compared.PayloadOctets) last = next + Compared.PayloadOctets;
    for (; next + 4 <= last; next += 4) this.add(view.getInt32(next));
    for (; next < last; next++) this.add(view.getUint8(next));
    return true;
  }

  /** Two hashes with words of their own; two rounds lie between all that a sender chooses (see flow-key.ts). */
  private add(word: number): void {
    const { seed } = this;
    let h = Math.imul(this.h + word, seed[2]);
    h = Math.imul(h ^ (h >>> 15), seed[3]);
    this.h = h ^ (h >>> 14);
    let g = Math.imul(this.g ^ word, seed[4]);
    g = Math.imul(g ^ (g >>> 16), seed[5]);
    this.g = g ^ (g >>> 13);
  }
}
