import { setImmediate } from 'node:timers/promises';

import type { CaptureReader } from '../../../src/capture/capture-reader.js';
import { InterfaceTable } from '../../../src/capture/interface-table.js';
import type { OctetSource } from '../../../src/capture/octet-source.js';
import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { PcapReader } from '../../../src/capture/pcap-reader.js';
import { pcapVariant } from '../../../src/capture/pcap-records.js';
import { PcapngReader } from '../../../src/capture/pcapng-reader.js';

/** A packet as a reader delivered it. */
export interface ReadPacket {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly captured: number;
  readonly wire: number;
  readonly link: number;
  readonly interface: number;
  /** Hexadecimal. */
  readonly data: string;
}

export interface Reading {
  readonly packets: readonly ReadPacket[];
  readonly fault: CaptureReader['fault'];
  readonly oddTimestamps: number;
  readonly interfaces: InterfaceTable;
}

/** Octets in memory, given out in pieces of the sizes in `pieces`, over and over; every other time by a promise if asked. */
export class MemorySource implements OctetSource {
  octetsRead = 0;
  readonly octetsTotal: number;
  closed = false;
  readsAhead = false;
  #reads = 0;

  constructor(
    private readonly octets: Uint8Array,
    private readonly pieces: readonly number[] = [Infinity],
    private readonly options: Pick<ReadOptions, 'late' | 'endsWith'> = {},
  ) {
    this.octetsTotal = octets.length;
  }

  get fault(): string | null {
    return this.octetsRead === this.octets.length ? (this.options.endsWith ?? null) : null;
  }

  readAhead(): void {
    this.readsAhead = true;
  }

  async #readLater(target: Uint8Array, start: number, end: number): Promise<number> {
    target.fill(0xee, start, end);
    await setImmediate();
    return this.#read(target, start, end);
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    return this.readsAhead ? this.#readLater(target, start, end) : this.#read(target, start, end);
  }

  #read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    const piece = this.pieces[this.#reads++ % this.pieces.length];
    const count = Math.min(end - start, piece, this.octets.length - this.octetsRead);
    target.set(this.octets.subarray(this.octetsRead, this.octetsRead + count), start);
    this.octetsRead += count;
    return this.options.late === true && this.#reads % 2 === 0 ? Promise.resolve(count) : count;
  }

  rewind(): boolean {
    this.octetsRead = 0;
    return true;
  }

  close(): void {
    this.closed = true;
  }
}

export interface ReadOptions {
  readonly pieces?: readonly number[];
  readonly late?: boolean;
  /** The source may be asked to read ahead: octets come after a turn of the event loop then. */
  readonly mayReadAhead?: boolean;
  readonly endsWith?: string;
  readonly readOctets?: number;
  readonly capacity?: number;
}

export function readerOf(octets: Uint8Array, interfaces: InterfaceTable, options: ReadOptions = {}): CaptureReader {
  const source = new MemorySource(octets, options.pieces, options);
  const variant = pcapVariant(octets);
  return variant === null
    ? new PcapngReader('memory', source, interfaces, options)
    : new PcapReader('memory', source, variant, interfaces, options);
}

export async function readOctets(octets: Uint8Array, options: ReadOptions = {}): Promise<Reading> {
  const interfaces = new InterfaceTable();
  return readAll(readerOf(octets, interfaces, options), interfaces, options);
}

/** Reads a capture to its end and closes it. */
export async function readAll(
  reader: CaptureReader,
  interfaces: InterfaceTable,
  { capacity = 16 }: ReadOptions = {},
): Promise<Reading> {
  const batch = new PacketBatch(capacity);
  const packets: ReadPacket[] = [];
  while (await reader.fill()) {
    while (reader.next(batch) > 0) takePackets(batch, packets);
  }
  await reader.close();
  return { packets, fault: reader.fault, oddTimestamps: reader.oddTimestamps, interfaces };
}

function takePackets(batch: PacketBatch, packets: ReadPacket[]): void {
  let latestUs = 0;
  for (let row = 0; row < batch.count; row++) {
    const start = batch.offset[row];
    const end = start + batch.captured[row];
    if (start < 0 || end > batch.octets.length) throw new Error(`packet outside the window: ${start} to ${end}`);
    const ns = batch.timeNs[row];
    if (!(ns >= 0 && ns <= 999)) throw new Error(`${ns} ns beyond the microsecond`);
    latestUs = Math.max(latestUs, batch.timeUs[row]);
    packets.push({
      time: BigInt(batch.timeUs[row]) * 1000n + BigInt(ns),
      captured: batch.captured[row],
      wire: batch.wire[row],
      link: batch.link[row],
      interface: batch.interface[row],
      data: Buffer.from(batch.octets.subarray(start, end)).toString('hex'),
    });
  }
  if (batch.latestUs !== latestUs) throw new Error(`latestUs is ${batch.latestUs}, the latest packet has ${latestUs}`);
}

export function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
