import { CaptureError } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import { ANY_INTERFACE, type Backend, type LiveCapture, type LiveOptions } from '../live-capture.js';
import { libpcapMissing, native, type NativeAddon, nativeMissing, RingFlag } from '../native.js';
import type { PacketBatch } from '../packet-batch.js';
import { acceptAll } from './bpf.js';
import { withoutCookedHeader } from './cooked-filter.js';
import { fanoutProgram } from './fanout-program.js';
import { InterfaceRows } from './interface-rows.js';
import { interfaceStatus } from './interface-status.js';
import { LINKTYPE_LINUX_SLL2, linkTypeOf } from './link-type.js';
import { openError } from './open-error.js';
import { Hardware } from './ring-layout.js';
import { RingReader } from './ring-reader.js';
import { type Opened, WatchedCapture } from './watched-capture.js';

/** A block of the ring: packets arrive in blocks, and one is given back at a time. */
const BLOCK_OCTETS = 1 << 20;
const SMALLEST_BLOCK_OCTETS = 1 << 12;
/** With fewer blocks the kernel has none to fill while one is read. */
const FEWEST_BLOCKS = 4;
/** What a block holds besides a largest packet: the headers of both. */
const BLOCK_HEADERS_OCTETS = 512;
/**
 * A block that is not full is handed over after this time. Each wakes the reader, and is one block less for packets that come
 * while nobody reads, so it is not shorter than need be.
 */
const BLOCK_TIMEOUT_MS = 30;

/** Linux' packet sockets, read in place. */
export const afpacket: Backend = {
  name: 'afpacket',
  summary: "Linux packet sockets, the kernel's ring read in place",
  missing() {
    if (process.platform !== 'linux')
      return `packet sockets are Linux' own: use --capture libpcap on ${process.platform}`;
    return nativeMissing();
  },
  open: (options, interfaces) => openRing(options, interfaces, false),
};

/** @param copy copy blocks before they are read, as is done where memory cannot be shown in place */
export function openRing(options: LiveOptions, interfaces: InterfaceTable, copy: boolean): LiveCapture {
  return new RingCapture(options, interfaces, copy).start();
}

class RingCapture extends WatchedCapture {
  readonly backend = 'afpacket';
  readonly countsDrops = true;
  readonly #addon: NativeAddon;
  readonly #blockOctets: number;
  readonly #blockCount: number;
  readonly #statistics = new Float64Array(3);
  /** The program in force and what it was compiled from: an interface that comes back takes no second compilation. */
  #program: { readonly filter: string | null; readonly octets: Uint8Array } | null = null;
  #handle = 0;
  #reader: RingReader | null = null;
  /** Where blocks are copied to when the ring is not at hand itself. */
  #copied: Uint8Array | null = null;
  #block = 0;
  /** The block is ours, and has to be given back. */
  #held = false;

  constructor(
    options: LiveOptions,
    interfaces: InterfaceTable,
    private readonly copy: boolean,
  ) {
    super(options, interfaces);
    this.#addon = native(options.interfaceName);
    this.#blockOctets = blockOctets(options);
    this.#blockCount = Math.max(FEWEST_BLOCKS, Math.floor(options.bufferOctets / this.#blockOctets));
  }

  protected open(index: number, timestamps: LiveOptions['timestamps']): Opened {
    const { options } = this;
    const { interfaceName } = options;
    const { hardware } = interfaceStatus(interfaceName);
    const linkType = linkTypeOf(interfaceName, hardware);
    const { handle, memory } = this.#openRing(index, linkType, hardware, timestamps);
    const isAny = interfaceName === ANY_INTERFACE;
    const nameOf = (each: number): string | null => this.#addon.interfaceName(each);
    const row = isAny ? 0 : this.interfaces.add({ name: interfaceName, linkType, input: interfaceName, id: index });
    const rows = isAny ? new InterfaceRows(this.interfaces, interfaceName, linkType, nameOf) : null;
    this.#copied = memory === null ? new Uint8Array(this.#blockOctets) : null;
    const readable = memory ?? (this.#copied as Uint8Array<ArrayBuffer>).buffer;
    this.#reader = new RingReader(readable, linkType, options.snapLength, row, rows);
    this.#handle = handle;
    this.#block = 0;
    this.#held = false;
    return { linkType };
  }

  protected read(batch: PacketBatch, waitMs: number): number {
    const reader = this.#reader;
    if (reader === null) return 0;
    // A block of outgoing duplicates only, or one that the timeout handed over, may have nothing to give.
    for (let wait = waitMs; ; wait = 0) {
      if (reader.left === 0) {
        this.#giveBack();
        const got = this.#addon.ringWait(this.#handle, this.#block, wait);
        if (got <= 0) {
          if (got < 0) this.trouble(false);
          return 0;
        }
        this.#begin(reader);
      }
      const count = reader.fill(batch);
      if (count > 0) return count;
    }
  }

  protected changeFilter(filter: string | null): void {
    try {
      const octets = this.#compile(this.linkType, filter);
      this.#addon.ringFilter(this.#handle, octets);
      this.#program = { filter, octets };
    } catch (error) {
      throw openError(error, this.interfaceName, filter);
    }
  }

  protected collect(): void {
    const statistics = this.#statistics.fill(0);
    this.#addon.ringStatistics(this.#handle, statistics);
    this.droppedByKernel += statistics[1];
    this.freezes += statistics[2];
  }

  protected release(): void {
    this.#addon.close(this.#handle);
    this.#reader = null;
  }

  #begin(reader: RingReader): void {
    this.#held = true;
    if (this.#copied === null) {
      reader.begin(this.#block * this.#blockOctets);
      return;
    }
    this.#addon.ringCopy(this.#handle, this.#block, this.#copied);
    reader.begin(0);
  }

  #giveBack(): void {
    if (!this.#held) return;
    this.#addon.ringRelease(this.#handle, this.#block);
    this.#held = false;
    this.#block = (this.#block + 1) % this.#blockCount;
  }

  #openRing(
    index: number,
    linkType: number,
    hardware: number,
    timestamps: LiveOptions['timestamps'],
  ): { handle: number; memory: ArrayBuffer | null } {
    const { interfaceName, promiscuous, fanoutGroup, filter } = this.options;
    const flags =
      (promiscuous && interfaceName !== ANY_INTERFACE ? RingFlag.Promiscuous : 0) |
      (linkType === LINKTYPE_LINUX_SLL2 ? RingFlag.Cooked : 0) |
      ((hardware as Hardware) === Hardware.Loopback ? RingFlag.IgnoreOutgoing : 0) |
      (timestamps === 'hardware' ? RingFlag.HardwareTimestamps : 0) |
      (this.copy ? RingFlag.Copy : 0);
    try {
      if (this.#program?.filter !== filter) this.#program = { filter, octets: this.#compile(linkType, filter) };
      return this.#addon.ringOpen(
        index,
        this.#blockOctets,
        this.#blockCount,
        BLOCK_TIMEOUT_MS,
        flags,
        this.#program.octets,
        fanoutGroup ?? -1,
        fanoutGroup === null ? null : fanoutProgram(),
      );
    } catch (error) {
      throw openError(error, interfaceName, filter);
    }
  }

  /**
   * The program of the filter, or one that takes all. It is compiled on a live capture of the interface, because only then libpcap looks for
   * VLAN tags where the kernel keeps them.
   */
  #compile(linkType: number, filter: string | null): Uint8Array {
    const { interfaceName, snapLength } = this.options;
    if (filter === null) return acceptAll(snapLength);
    const missing = libpcapMissing();
    if (missing !== null) throw new CaptureError('unreadable', interfaceName, `filter '${filter}': ${missing}`);
    const isCooked = linkType === LINKTYPE_LINUX_SLL2;
    const program = this.#addon.pcapCompile(interfaceName, isCooked ? linkType : -1, snapLength, filter);
    if (!isCooked) return program;
    const moved = withoutCookedHeader(program);
    if (moved !== null) return moved;
    const why = `filter '${filter}' looks at link addresses, which packets of ${interfaceName} do not have here`;
    throw new CaptureError('usage', interfaceName, `${why}: use --capture libpcap`);
  }
}

/** A power of two: a quarter of the buffer or `BLOCK_OCTETS`, but room for the largest packet. */
function blockOctets({ bufferOctets, snapLength }: LiveOptions): number {
  let octets = BLOCK_OCTETS;
  while (octets > SMALLEST_BLOCK_OCTETS && octets * FEWEST_BLOCKS > bufferOctets) octets /= 2;
  while (octets < snapLength + BLOCK_HEADERS_OCTETS) octets *= 2;
  return octets;
}
