/** Captures made octet by octet, to be read back. */

export type Octets = Uint8Array<ArrayBuffer>;

export interface PcapRecord {
  readonly seconds: number;
  /** Micro- or nanoseconds, as the file says. */
  readonly subseconds: number;
  readonly data: Uint8Array;
  /** Octets on the wire; as captured when absent. */
  readonly wire?: number;
  /** What the captured length field says when that is not the truth. */
  readonly claimed?: number;
}

export interface PcapOptions {
  readonly magic?: number;
  readonly littleEndian?: boolean;
  readonly snapLength?: number;
  /** The whole link type field. */
  readonly linkField?: number;
}

export const MICROSECOND_MAGIC = 0xa1b2c3d4;
export const NANOSECOND_MAGIC = 0xa1b23c4d;
export const MODIFIED_MAGIC = 0xa1b2cd34;

export function pcap(records: readonly PcapRecord[], options: PcapOptions = {}): Octets {
  const { magic = MICROSECOND_MAGIC, littleEndian = true, snapLength = 262_144, linkField = 1 } = options;
  const header = words([magic, 0, 0, 0, snapLength, linkField], littleEndian);
  const view = new DataView(header.buffer);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  const tail = magic === MODIFIED_MAGIC ? [3, 0x0800_0000] : [];
  const parts = records.map(({ seconds, subseconds, data, wire = data.length, claimed = data.length }) =>
    concat([words([seconds, subseconds, claimed, wire, ...tail], littleEndian), data]),
  );
  return concat([header, ...parts]);
}

export interface Block {
  readonly type: number;
  readonly body: Uint8Array;
  /** What the trailing length says when that is not the truth. */
  readonly trailer?: number;
  /** What both lengths say when that is not the truth. */
  readonly length?: number;
}

export function block({ type, body, length, trailer }: Block, littleEndian = true): Octets {
  const padded = pad(body);
  const total = length ?? padded.length + 12;
  return concat([words([type, total], littleEndian), padded, words([trailer ?? total], littleEndian)]);
}

export function sectionHeader(littleEndian = true, options: Uint8Array = new Uint8Array(0), major = 1): Octets {
  const body = concat([words([0x1a2b3c4d, 0, 0xffff_ffff, 0xffff_ffff], littleEndian), options]);
  new DataView(body.buffer).setUint16(4, major, littleEndian);
  return block({ type: 0x0a0d0d0a, body }, littleEndian);
}

export interface InterfaceOptions {
  readonly linkType?: number;
  readonly snapLength?: number;
  readonly name?: string;
  readonly resolution?: number;
  readonly offset?: bigint;
}

export function interfaceDescription(options: InterfaceOptions = {}, littleEndian = true): Octets {
  const { linkType = 1, snapLength = 0, name, resolution, offset } = options;
  const fixed = words([0, snapLength], littleEndian);
  new DataView(fixed.buffer).setUint16(0, linkType, littleEndian);
  const parts: Uint8Array[] = [fixed];
  if (name !== undefined) parts.push(option(2, new TextEncoder().encode(name), littleEndian));
  if (resolution !== undefined) parts.push(option(9, Uint8Array.of(resolution), littleEndian));
  if (offset !== undefined) {
    const value = new Uint8Array(8);
    new DataView(value.buffer).setBigInt64(0, offset, littleEndian);
    parts.push(option(14, value, littleEndian));
  }
  if (parts.length > 1) parts.push(option(0, new Uint8Array(0), littleEndian));
  return block({ type: 1, body: concat(parts) }, littleEndian);
}

export interface PacketBlock {
  readonly interface?: number;
  readonly time?: bigint;
  readonly data: Uint8Array;
  readonly wire?: number;
  readonly claimed?: number;
  readonly options?: Uint8Array;
}

export function enhancedPacket(packet: PacketBlock, littleEndian = true): Octets {
  return block({ type: 6, body: packetBody(packet, littleEndian) }, littleEndian);
}

export function obsoletePacket(packet: PacketBlock, littleEndian = true, drops = 7): Octets {
  const body = packetBody(packet, littleEndian);
  const view = new DataView(body.buffer);
  view.setUint16(0, packet.interface ?? 0, littleEndian);
  view.setUint16(2, drops, littleEndian);
  return block({ type: 2, body }, littleEndian);
}

export function simplePacket(data: Uint8Array, wire = data.length, littleEndian = true): Octets {
  return block({ type: 3, body: concat([words([wire], littleEndian), data]) }, littleEndian);
}

export function option(code: number, value: Uint8Array, littleEndian = true): Octets {
  const header = new Uint8Array(4);
  const view = new DataView(header.buffer);
  view.setUint16(0, code, littleEndian);
  view.setUint16(2, value.length, littleEndian);
  return concat([header, pad(value)]);
}

function packetBody(packet: PacketBlock, littleEndian: boolean): Octets {
  const { data, time = 0n, wire = data.length, claimed = data.length, options = new Uint8Array(0) } = packet;
  const high = Number(time >> 32n);
  const low = Number(time & 0xffff_ffffn);
  return concat([words([packet.interface ?? 0, high, low, claimed, wire], littleEndian), pad(data), options]);
}

/** One frame of raw and run-length blocks (RFC 8878 §3.1.1.2): a zstd file without a compressor. */
export function zstdFrame(content: Uint8Array, blockOctets = 1000, windowDescriptor = 0x50): Octets {
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, windowDescriptor)];
  for (let at = 0; at < content.length || at === 0; at += blockOctets) {
    const piece = content.subarray(at, at + blockOctets);
    const last = at + blockOctets >= content.length ? 1 : 0;
    const run = piece.length > 1 && piece.every((octet) => octet === piece[0]);
    const header = last | ((run ? 1 : 0) << 1) | (piece.length << 3);
    parts.push(Uint8Array.of(header & 0xff, (header >> 8) & 0xff, header >> 16), run ? piece.subarray(0, 1) : piece);
  }
  return concat(parts);
}

/** RFC 8878 §3.1.2 */
export function skippableFrame(octets: number): Octets {
  return concat([words([0x184d2a53, octets], true), new Uint8Array(octets).fill(0x28)]);
}

export function concat(parts: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function words(values: readonly number[], littleEndian: boolean): Octets {
  const octets = new Uint8Array(values.length * 4);
  const view = new DataView(octets.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value, littleEndian));
  return octets;
}

/** `octets` octets that differ from those of other seeds. */
export function payload(octets: number, seed = 0): Octets {
  return Uint8Array.from({ length: octets }, (_, index) => (index * 7 + seed * 31 + 1) & 0xff);
}

function pad(octets: Uint8Array): Octets {
  return concat([octets, new Uint8Array(-octets.length & 3)]);
}
