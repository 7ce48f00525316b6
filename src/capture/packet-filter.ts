import { CaptureError, errorText } from './capture-error.js';
import { MAX_PACKET_OCTETS } from './capture-reader.js';
import { libpcapMissing, native, type NativeAddon } from './native.js';
import type { PacketBatch } from './packet-batch.js';

/** libpcap's own numbers (DLT_, on Linux) of link types that files know by another (LINKTYPE_). */
const DLT_OF: Readonly<Record<number, number>> = { 100: 11, 101: 12, 106: 19 };

/** Link types of which an expression has to fit one to be no mistake: Ethernet, raw IP, 802.11. */
const COMMON_LINK_TYPES = [1, 101, 105];

/**
 * A filter over packets of captures that may be of several link types: tcpdump's expression, compiled by libpcap for each
 * link type when it first occurs, and run by it over a whole batch.
 */
export class PacketFilter {
  readonly #addon: NativeAddon;
  readonly #programs = new Map<number, Uint8Array>();
  #keep = new Uint8Array(0);
  #matches = new Uint8Array(0);

  /** Throws a `CaptureError` when the addon or libpcap is missing. */
  constructor(readonly expression: string) {
    this.#addon = withLibpcap(expression);
  }

  /**
   * Takes the packets that do not match out of the batch; returns how many. Throws a `CaptureError` when the expression
   * makes no sense for the link type of one of them.
   */
  apply(batch: PacketBatch): number {
    const { count, link } = batch;
    if (count === 0) return 0;
    if (this.#keep.length < count) {
      this.#keep = new Uint8Array(batch.capacity);
      this.#matches = new Uint8Array(batch.capacity);
    }
    const first = link[0];
    this.#run(batch, first, this.#keep);
    let mixed = false;
    for (let i = 1; i < count && !mixed; i++) mixed = link[i] !== first;
    if (mixed) this.#runOthers(batch, first);
    return batch.keep(this.#keep);
  }

  /** Runs the programs of the batch's other link types, each over all packets, and takes the results for its own. */
  #runOthers(batch: PacketBatch, first: number): void {
    const { count, link } = batch;
    for (const linkType of new Set(link.subarray(0, count))) {
      if (linkType === first) continue;
      this.#run(batch, linkType, this.#matches);
      for (let i = 0; i < count; i++) if (link[i] === linkType) this.#keep[i] = this.#matches[i];
    }
  }

  #run(batch: PacketBatch, linkType: number, keep: Uint8Array): void {
    const { octets, offset, captured, wire, count } = batch;
    this.#addon.pcapFilter(this.#programOf(linkType), octets, offset, captured, wire, count, keep);
  }

  #programOf(linkType: number): Uint8Array {
    const known = this.#programs.get(linkType);
    if (known !== undefined) return known;
    try {
      const program = compile(this.#addon, linkType, this.expression);
      this.#programs.set(linkType, program);
      return program;
    } catch (error) {
      const why = `cannot be used for link type ${linkType}: ${errorText(error)}`;
      throw new CaptureError('usage', this.expression, `filter '${this.expression}' ${why}`, { cause: error });
    }
  }
}

/** Throws a `CaptureError` when no common link type makes sense of the expression, or it cannot be compiled here at all. */
export function checkFilter(expression: string): void {
  const addon = withLibpcap(expression);
  let trouble: unknown;
  for (const linkType of COMMON_LINK_TYPES) {
    try {
      compile(addon, linkType, expression);
      return;
    } catch (error) {
      trouble ??= error;
    }
  }
  throw new CaptureError('usage', `filter '${expression}'`, errorText(trouble), { cause: trouble });
}

function compile(addon: NativeAddon, linkType: number, expression: string): Uint8Array {
  return addon.pcapCompile(null, DLT_OF[linkType] ?? linkType, MAX_PACKET_OCTETS, expression);
}

function withLibpcap(expression: string): NativeAddon {
  const missing = libpcapMissing();
  if (missing !== null) throw new CaptureError('unreadable', `filter '${expression}'`, missing);
  return native(expression);
}
