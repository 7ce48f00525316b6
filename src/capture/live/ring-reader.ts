import type { PacketBatch } from '../packet-batch.js';
import type { InterfaceRows } from './interface-rows.js';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2, SLL2_OCTETS } from './link-type.js';
import { Block, Hardware, Header, PacketType, Status } from './ring-layout.js';
import { ETHERTYPE_VLAN, MICROSECONDS, ringPass, TAG_OCTETS } from './ring-pass.js';

/**
 * Reads the packets of one block of a TPACKET_V3 ring after the other into batches, in place. What the kernel has taken off
 * the packets is put back there as well: a VLAN tag, which it hands over beside the packet, and for packets without link
 * header the cooked header. There is room for both in front of each packet, which belongs to us while the block does.
 */
export class RingReader {
  /** Packets of the block that have not been read. */
  left = 0;
  private at = 0;
  private readonly octets: Uint8Array;
  /** The same memory in words, for the headers. */
  private readonly words: Int32Array;

  /** @param rows the interfaces of `any`; null when all packets are of the row `row` */
  constructor(
    memory: ArrayBuffer,
    private readonly linkType: number,
    private readonly snapLength: number,
    private readonly row: number,
    private readonly rows: InterfaceRows | null,
  ) {
    this.octets = new Uint8Array(memory);
    this.words = new Int32Array(memory);
  }

  /** Begins the block at octet `start` of the memory, which is ours. */
  begin(start: number): void {
    this.left = this.words[(start + Block.Packets) >> 2];
    this.at = start + this.words[(start + Block.First) >> 2];
  }

  /** Fills the batch with packets of the block; returns how many, 0 when there are no more. */
  fill(batch: PacketBatch): number {
    batch.attach(this.octets);
    batch.latestUs = 0;
    const most = Math.min(this.left, batch.capacity);
    batch.link.fill(this.linkType, 0, most);
    batch.interface.fill(this.row, 0, most);
    if (this.linkType === LINKTYPE_LINUX_SLL2) return this.fillCooked(batch);
    const tagged = this.linkType === LINKTYPE_ETHERNET ? Status.TagValid : 0;
    this.at = ringPass(batch)(this.words, this.octets, this.at, 0, most, this.snapLength, tagged);
    this.left -= most;
    batch.count = most;
    return most;
  }

  /** The same for packets that come without their link header. */
  private fillCooked(batch: PacketBatch): number {
    const { words, snapLength, rows } = this;
    const { capacity, offset, captured, wire, timeUs, timeNs, interface: ingress } = batch;
    let count = 0;
    let { at, left } = this;
    for (; left > 0 && count < capacity; left--) {
      const header = at;
      const h = at >> 2;
      at += words[h + (Header.Next >> 2)];
      if (this.isOutgoingDuplicate(h)) continue;
      const nanoseconds = words[h + (Header.Nanoseconds >> 2)];
      const microseconds = (nanoseconds / 1000) | 0;
      const length = words[h + (Header.Captured >> 2)];
      offset[count] = header + (words[h + (Header.MacNet >> 2)] & 0xffff);
      captured[count] = length < snapLength ? length : snapLength;
      wire[count] = words[h + (Header.Wire >> 2)];
      timeUs[count] = (words[h + (Header.Seconds >> 2)] >>> 0) * MICROSECONDS + microseconds;
      timeNs[count] = nanoseconds - microseconds * 1000;
      this.cook(batch, count, header);
      if (rows !== null) ingress[count] = rows.rowOf(words[h + (Header.AddressIndex >> 2)]);
      if (timeUs[count] > batch.latestUs) batch.latestUs = timeUs[count];
      count++;
    }
    this.at = at;
    this.left = left;
    batch.count = count;
    return count;
  }

  /** Writes the cooked header (LINKTYPE_LINUX_SLL2) in front of the packet, and between them the tag if there is one. */
  private cook(batch: PacketBatch, i: number, header: number): void {
    const { octets, words } = this;
    const h = header >> 2;
    const address = header + Header.Address;
    const tagged = words[h + (Header.Status >> 2)] & Status.TagValid;
    const grown = SLL2_OCTETS + (tagged ? TAG_OCTETS : 0);
    const to = batch.offset[i] - grown;
    // The EtherType stands in network byte order there, as it does here.
    let type = (octets[address + 2] << 8) | octets[address + 3];
    if (tagged) {
      this.putHalf(to + SLL2_OCTETS, words[h + (Header.TagControl >> 2)]);
      this.putHalf(to + SLL2_OCTETS + 2, type);
      type = this.tagType(h);
    }
    const index = words[h + (Header.AddressIndex >> 2)];
    const types = words[h + (Header.AddressTypes >> 2)];
    this.putHalf(to, type);
    this.putHalf(to + 2, 0);
    this.putHalf(to + 4, index >>> 16);
    this.putHalf(to + 6, index);
    this.putHalf(to + 8, types);
    octets[to + 10] = types >>> 16;
    octets[to + 11] = types >>> 24;
    // The address has at most 8 octets there, and the packet begins at least 8 behind it: it is read before it is written over.
    for (let j = 0; j < 8; j++) octets[to + 12 + j] = octets[address + 12 + j];
    this.grow(batch, i, grown);
  }

  /** The packet now begins `by` octets earlier. */
  private grow(batch: PacketBatch, i: number, by: number): void {
    const captured = batch.captured[i] + by;
    batch.offset[i] -= by;
    batch.captured[i] = captured < this.snapLength ? captured : this.snapLength;
    batch.wire[i] += by;
  }

  /** `lo` shows packets a second time, on their way out. */
  private isOutgoingDuplicate(h: number): boolean {
    const types = this.words[h + (Header.AddressTypes >> 2)];
    return (types & 0xffff) === Hardware.Loopback && ((types >>> 16) & 0xff) === PacketType.Outgoing;
  }

  private tagType(h: number): number {
    const told = this.words[h + (Header.Status >> 2)] & Status.TagTypeValid;
    return told ? this.words[h + (Header.TagType >> 2)] & 0xffff : ETHERTYPE_VLAN;
  }

  private putHalf(at: number, value: number): void {
    this.octets[at] = value >>> 8;
    this.octets[at + 1] = value;
  }
}
