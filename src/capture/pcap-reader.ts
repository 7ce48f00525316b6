import { MAX_PACKET_OCTETS, type ReadOptions } from './capture-reader.js';
import { stripFcs } from './frame-check-sequence.js';
import type { InterfaceTable } from './interface-table.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';
import { claimedOctets, findRecordsOf, type PcapVariant } from './pcap-records.js';
import { WindowedReader } from './windowed-reader.js';

/** File header of a classic capture (draft-ietf-opsawg-pcap §4). Version, zone, accuracy and snap length tell us nothing. */
export const PCAP_HEADER_OCTETS = 24;
const LINK_TYPE_OFFSET = 20;

/** Link type field: LINKTYPE_ value, a flag for the next, octet pairs of frame check sequence at the end of each packet. */
const LINK_TYPE_MASK = 0xffff;
const FCS_PRESENT = 0x0400_0000;
const FCS_PAIRS_SHIFT = 28;

/** Reads classic captures. */
export class PcapReader extends WindowedReader {
  #headerRead = false;
  #linkType = 0;
  #fcsOctets = 0;
  #interface = 0;

  constructor(
    input: string,
    source: OctetSource,
    private readonly variant: PcapVariant,
    private readonly interfaces: InterfaceTable,
    options?: ReadOptions,
  ) {
    super(input, source, options);
  }

  next(batch: PacketBatch): number {
    batch.count = 0;
    batch.attach(this.window);
    if (this.fault !== null || (!this.#headerRead && !this.#readHeader(batch.view))) return 0;

    const { view, capacity } = batch;
    const { variant, limit } = this;
    const position = findRecordsOf(batch, variant)(view, this.position, limit);
    const { count } = batch;
    batch.link.fill(this.#linkType, 0, count);
    batch.interface.fill(this.#interface, 0, count);
    if (this.#fcsOctets !== 0) for (let row = 0; row < count; row++) stripFcs(batch, row, this.#fcsOctets);
    this.position = position;
    this.oddTimestamps += batch.odd;
    this.packets += count;
    if (count === capacity) return count;

    const claimed = position + variant.recordHeaderOctets <= limit ? claimedOctets(view, position, variant) : 0;
    if (claimed > MAX_PACKET_OCTETS) {
      this.fail(position, `the record claims ${claimed} captured octets, at most ${MAX_PACKET_OCTETS} were expected`);
    }
    if (this.ended && position < limit) this.cut(this.offsetOf(position), 'the packet record');
    return count;
  }

  /** Takes the file header; false when it is not (yet) complete. */
  #readHeader(view: DataView): boolean {
    if (this.limit - this.position < PCAP_HEADER_OCTETS) {
      if (this.ended) this.cut(0, 'the file header');
      return false;
    }
    const field = view.getUint32(this.position + LINK_TYPE_OFFSET, this.variant.littleEndian);
    this.#linkType = field & LINK_TYPE_MASK;
    this.#fcsOctets = field & FCS_PRESENT ? (field >>> FCS_PAIRS_SHIFT) * 2 : 0;
    this.#interface = this.interfaces.add({ name: this.input, linkType: this.#linkType, input: this.input, id: 0 });
    this.position += PCAP_HEADER_OCTETS;
    this.#headerRead = true;
    return true;
  }
}
