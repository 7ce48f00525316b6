import { errorCode } from '../capture-error.js';
import type { InterfaceTable } from '../interface-table.js';
import { ANY_INTERFACE, type Backend, type LiveOptions } from '../live-capture.js';
import { libpcapMissing, native, type NativeAddon } from '../native.js';
import type { PacketBatch } from '../packet-batch.js';
import { linkTypeOfDlt } from './link-type.js';
import { openError } from './open-error.js';
import { type Opened, WatchedCapture } from './watched-capture.js';

/** Room for packets: more than a batch of 256 of the default snap length needs, and for some packets of the largest. */
const OCTETS = 1 << 20;
const MOST_LARGE_PACKETS = 4;

/**
 * libpcap, whatever it can open; one call fills a batch. Packets of `any` keep libpcap's own cooked header: in the newer
 * one, which names the interface of each packet, libpcap loses VLAN tags (1.10).
 */
export const libpcap: Backend = {
  name: 'libpcap',
  summary: 'libpcap, with all that it can open',
  missing() {
    return libpcapMissing();
  },
  open: (options, interfaces) => new PcapCapture(options, interfaces).start(),
};

class PcapCapture extends WatchedCapture {
  readonly backend = 'libpcap';
  readonly countsDrops = true;
  protected override readonly opensOtherDevices = true;
  readonly #addon: NativeAddon;
  readonly #octets: Uint8Array;
  readonly #statistics = new Float64Array(2);
  #handle = 0;
  #row = 0;

  constructor(options: LiveOptions, interfaces: InterfaceTable) {
    super(options, interfaces);
    this.#addon = native(options.interfaceName);
    this.#octets = new Uint8Array(Math.max(OCTETS, MOST_LARGE_PACKETS * (options.snapLength + 8)));
  }

  protected open(index: number, timestamps: LiveOptions['timestamps']): Opened {
    const { interfaceName, snapLength, promiscuous, bufferOctets, filter } = this.options;
    try {
      const { handle, linkType: dlt } = this.#addon.pcapOpen(
        interfaceName,
        snapLength,
        promiscuous && interfaceName !== ANY_INTERFACE ? 1 : 0,
        bufferOctets,
        filter,
        timestamps === 'hardware' ? 1 : 0,
      );
      const linkType = linkTypeOfDlt(dlt);
      this.#handle = handle;
      this.#row = this.interfaces.add({ name: interfaceName, linkType, input: interfaceName, id: index });
      return { linkType };
    } catch (error) {
      throw openError(error, interfaceName, filter);
    }
  }

  protected read(batch: PacketBatch, waitMs: number): number {
    batch.attach(this.#octets);
    try {
      const { offset, captured, wire, timeUs, timeNs } = batch;
      batch.count = this.#addon.pcapNext(this.#handle, this.#octets, offset, captured, wire, timeUs, timeNs, waitMs);
    } catch (error) {
      // Errors of the interface have a code; a wrong call has another.
      if (errorCode(error) === 'ERR_INVALID_ARG_TYPE') throw error;
      this.trouble(true);
      return 0;
    }
    const { count, timeUs } = batch;
    let latestUs = 0;
    for (let i = 0; i < count; i++) if (timeUs[i] > latestUs) latestUs = timeUs[i];
    batch.latestUs = latestUs;
    batch.link.fill(this.linkType, 0, count);
    batch.interface.fill(this.#row, 0, count);
    return count;
  }

  protected changeFilter(filter: string | null): void {
    try {
      this.#addon.pcapSetFilter(this.#handle, filter ?? '');
    } catch (error) {
      throw openError(error, this.interfaceName, filter);
    }
  }

  protected collect(): void {
    const statistics = this.#statistics.fill(0);
    this.#addon.pcapStatistics(this.#handle, statistics);
    this.droppedByKernel += statistics[0];
  }

  protected release(): void {
    this.#addon.close(this.#handle);
  }
}
