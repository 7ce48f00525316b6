import { bytes, join, type Octets, padded, u16, u16le, u32, u32le, zeros } from './octets.js';
import type { Piece } from './packets.js';

/** Link headers, and tags between them and IP. What a frame begins with when nothing else says so is an EtherType. */

const MAC_A = bytes(0x02, 0, 0, 0, 0, 0x0a);
const MAC_B = bytes(0x02, 0, 0, 0, 0, 0x0b);

export function ethernet(payload: Piece, etherType = payload.etherType ?? 0x88b5): Piece {
  return { octets: join(MAC_B, MAC_A, u16(etherType), payload.octets), etherType: 0x6558 };
}

/** IEEE 802.3: a length instead of the type. */
export function ieee8023(payload: Piece): Piece {
  return { octets: join(MAC_B, MAC_A, u16(payload.octets.length), payload.octets) };
}

export function snap(payload: Piece, organisation = 0): Piece {
  const header = join(bytes(0xaa, 0xaa, 3, organisation >>> 16, (organisation >>> 8) & 0xff, organisation & 0xff));
  return { octets: join(header, u16(payload.etherType ?? 0x88b5), payload.octets) };
}

/** LLC with the service access point of IPv4. */
export function llcIp(payload: Piece): Piece {
  return { octets: join(bytes(6, 6, 3), payload.octets) };
}

function tagged(etherType: number, tag: Uint8Array, payload: Piece): Piece {
  return { octets: join(tag, u16(payload.etherType ?? 0x88b5), payload.octets), etherType };
}

export function vlan(id: number, payload: Piece, { priority = 0, tpid = 0x8100 } = {}): Piece {
  return tagged(tpid, u16((priority << 13) | id), payload);
}

export function vnTag(payload: Piece): Piece {
  return tagged(0x8926, u32(0x00010002), payload);
}

export function eTag(payload: Piece): Piece {
  return tagged(0x893f, join(u16(0x1000, 0x00d8), bytes(0, 0)), payload);
}

export function hsr(payload: Piece): Piece {
  return tagged(0x892f, u16(0x0030, 1), payload);
}

/** Cisco metadata with one option: a security group tag. */
export function securityGroupTag(payload: Piece): Piece {
  return tagged(0x8909, join(bytes(1, 1), u16(1, 2)), payload);
}

/** These carry whole Ethernet frames. */
export function fabricPath(frame: Piece): Piece {
  return { octets: join(u16(0x0060), frame.octets), etherType: 0x8903 };
}

export function trill(frame: Piece, optionWords = 0): Piece {
  return { octets: join(u16((optionWords << 6) | 6, 1, 2), zeros(4 * optionWords), frame.octets), etherType: 0x22f3 };
}

export function backboneService(frame: Piece, id = 0x1234): Piece {
  return { octets: join(u32(id), frame.octets), etherType: 0x88e7 };
}

export function serviceHeader(next: number, payload: Piece, words = 6): Piece {
  const base = u32((0x3f << 22) | (words << 16) | (1 << 8) | next, 0x000102ff);
  return { octets: join(base, zeros(Math.max(0, 4 * words - 8)), payload.octets), etherType: 0x894f };
}

/** Top label first; the last one gets the bottom-of-stack bit. */
export function mpls(labels: readonly number[], payload: Piece): Piece {
  const stack = labels.map((label, i) => u32(label * 4096 + (i === labels.length - 1 ? 0x100 : 0) + 64));
  return { octets: join(...stack, payload.octets), etherType: 0x8847, protocol: 137, ppp: 0x0281 };
}

export function controlWord(frame: Piece): Piece {
  return { octets: join(u32(7), frame.octets) };
}

export interface PppOptions {
  readonly addressAndControl?: boolean;
  /** Protocol field in one octet. */
  readonly compressed?: boolean;
  readonly protocol?: number;
}

export function ppp(payload: Piece, options: PppOptions = {}): Piece {
  const protocol = options.protocol ?? payload.ppp ?? 0xc021;
  const head = options.addressAndControl === true ? bytes(0xff, 3) : zeros(0);
  const field = options.compressed === true ? bytes(protocol) : u16(protocol);
  return { octets: join(head, field, payload.octets), etherType: 0x880b };
}

export function pppoe(payload: Piece, code = 0): Piece {
  return { octets: join(bytes(0x11, code), u16(0x1234, payload.octets.length), payload.octets), etherType: 0x8864 };
}

export function cHdlc(payload: Piece, address = 0x0f): Piece {
  return { octets: join(bytes(address, 0), u16(payload.etherType ?? 0x8035), payload.octets) };
}

export function linuxSll(payload: Piece, protocol = payload.etherType ?? 0x88b5, deviceType = 1): Piece {
  return { octets: join(u16(0, deviceType, 6), MAC_A, u16(0, protocol), payload.octets) };
}

export function linuxSll2(payload: Piece, protocol = payload.etherType ?? 0x88b5, deviceType = 1): Piece {
  return { octets: join(u16(protocol, 0), u32(1), u16(deviceType), bytes(0, 6), MAC_A, zeros(2), payload.octets) };
}

export function nullLoopback(family: number, payload: Piece, littleEndian = true): Piece {
  return { octets: join(littleEndian ? u32le(family) : u32(family), payload.octets) };
}

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export function nflog(attributes: readonly Attribute[], littleEndian = true): Piece {
  const word = littleEndian ? u16le : u16;
  const parts = attributes.map(({ type, value }) => padded(join(word(value.length + 4, type), value), 4));
  return { octets: join(bytes(2, 0), u16(5), ...parts) };
}

export interface Ieee80211Options {
  readonly type?: number;
  readonly subtype?: number;
  readonly flags?: number;
  /** First octet of QoS control. */
  readonly qos?: number;
  readonly version?: number;
  /** Pad the header to a multiple of four octets. */
  readonly pad?: boolean;
}

export function ieee80211(payload: Piece, options: Ieee80211Options = {}): Piece {
  const { type = 2, subtype = 0, flags = 0, version = 0 } = options;
  const parts = [bytes((subtype << 4) | (type << 2) | version, flags), u16(0), MAC_B, MAC_A, MAC_B, u16(0x10)];
  if ((flags & 3) === 3) parts.push(MAC_A);
  if (type === 2 && subtype & 8) {
    parts.push(bytes(options.qos ?? 0, 0));
    if (flags & 0x80) parts.push(zeros(4));
  }
  const header = join(...parts);
  return { octets: join(options.pad === true ? padded(header, 4) : header, payload.octets) };
}

/** Radiotap with these fields behind `present`; bit 31 of a present word announces another one. */
export function radiotap(frame: Piece, present: readonly number[] = [0], fields: Uint8Array = zeros(0)): Piece {
  const length = 4 + 4 * present.length + fields.length;
  return { octets: join(bytes(0, 0), u16le(length), u32le(...present), fields, frame.octets) };
}

/** Frame relay with the protocol id of RFC 2427, or with an EtherType. */
export function frameRelay(payload: Piece, protocolId?: number): Piece {
  const announced = protocolId === undefined ? u16(payload.etherType ?? 0) : bytes(3, protocolId);
  return { octets: join(bytes(0x18, 0x41), announced, payload.octets) };
}

/** What is to be cut or filled up to `octets`, as frames are to 60 octets on Ethernet. */
export function minimum(frame: Piece, octets = 60): Octets {
  return join(frame.octets, zeros(Math.max(0, octets - frame.octets.length)));
}
