import { address, bytes, join, type Octets, padded, u16, u32, zeros } from './octets.js';

/**
 * Packets made header by header, from the inside out: each builder puts its header before what it carries, and tells the
 * next one outwards how it is announced there.
 */
export interface Piece {
  readonly octets: Octets;
  /** EtherType, IP protocol and PPP protocol that announce this. */
  readonly etherType?: number;
  readonly protocol?: number;
  readonly ppp?: number;
}

/** Octets that no builder knows. */
export function data(octets: number | Uint8Array = 0): Piece {
  return { octets: typeof octets === 'number' ? zeros(octets).fill(0x5a) : join(octets) };
}

// transport

export interface Ports {
  readonly sport?: number;
  readonly dport?: number;
}

export interface TcpOptions extends Ports {
  readonly sequence?: number;
  /** All twelve bits behind the data offset. */
  readonly flags?: number;
  readonly options?: Uint8Array;
  /** Header length in words when that is not the truth. */
  readonly words?: number;
}

export function tcp(options: TcpOptions = {}, payload: Piece = data()): Piece {
  const { sport = 40_000, dport = 80, sequence = 0x01020304, flags = 0x18, words } = options;
  const tail = padded(options.options ?? zeros(0), 4);
  const offset = words ?? 5 + tail.length / 4;
  const header = join(u16(sport, dport), u32(sequence, 0), u16((offset << 12) | flags, 1024, 0, 0), tail);
  return { octets: join(header, payload.octets), protocol: 6 };
}

export function udp({ sport = 40_000, dport = 9 }: Ports = {}, payload: Piece = data()): Piece {
  return { octets: join(u16(sport, dport, 8 + payload.octets.length, 0), payload.octets), protocol: 17 };
}

export function udpLite({ sport = 40_000, dport = 9 }: Ports = {}, payload: Piece = data()): Piece {
  return { octets: join(u16(sport, dport, 8, 0), payload.octets), protocol: 136 };
}

export function sctp({ sport = 40_000, dport = 9 }: Ports = {}, payload: Piece = data()): Piece {
  return { octets: join(u16(sport, dport), u32(7, 0), payload.octets), protocol: 132 };
}

export function dccp({ sport = 40_000, dport = 9 }: Ports = {}, payload: Piece = data()): Piece {
  return { octets: join(u16(sport, dport), bytes(3, 0), u16(0), u32(0x04000001), payload.octets), protocol: 33 };
}

export function icmp(type: number, code: number, payload: Piece = data()): Piece {
  return { octets: join(bytes(type, code), u16(0, 1, 2), payload.octets), protocol: 1 };
}

export function icmpv6(type: number, code: number, payload: Piece = data()): Piece {
  return { octets: join(bytes(type, code), u16(0, 1, 2), payload.octets), protocol: 58 };
}

// network

export interface Ipv4Options {
  readonly src?: string;
  readonly dst?: string;
  readonly tos?: number;
  readonly ttl?: number;
  readonly identification?: number;
  /** Flags and fragment offset: 0x2000 more fragments, lower 13 bits the offset in units of 8 octets. */
  readonly fragment?: number;
  readonly options?: Uint8Array;
  readonly protocol?: number;
  /** Total length, header length in words and version when they are not the truth. */
  readonly length?: number;
  readonly words?: number;
  readonly version?: number;
}

export function ipv4(options: Ipv4Options = {}, payload: Piece = udp()): Piece {
  const {
    src = '10.0.0.1',
    dst = '10.0.0.2',
    tos = 0,
    ttl = 64,
    identification = 1,
    fragment = 0,
    version = 4,
  } = options;
  const tail = padded(options.options ?? zeros(0), 4);
  const length = options.length ?? 20 + tail.length + payload.octets.length;
  const words = options.words ?? 5 + tail.length / 4;
  const header = join(
    bytes((version << 4) | words, tos),
    u16(length, identification, fragment),
    bytes(ttl, options.protocol ?? payload.protocol ?? 253),
    u16(0),
    address(src),
    address(dst),
    tail,
  );
  return { octets: join(header, payload.octets), etherType: 0x0800, protocol: 4, ppp: 0x0021 };
}

export interface Ipv6Options {
  readonly src?: string;
  readonly dst?: string;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  readonly hopLimit?: number;
  readonly nextHeader?: number;
  /** Payload length and version when they are not the truth. */
  readonly length?: number;
  readonly version?: number;
}

export function ipv6(options: Ipv6Options = {}, payload: Piece = udp()): Piece {
  const { src = 'fd00::1', dst = 'fd00::2', trafficClass = 0, flowLabel = 0, hopLimit = 64, version = 6 } = options;
  const header = join(
    u32((version << 28) | (trafficClass << 20) | flowLabel),
    u16(options.length ?? payload.octets.length),
    bytes(options.nextHeader ?? payload.protocol ?? 253, hopLimit),
    address(src),
    address(dst),
  );
  return { octets: join(header, payload.octets), etherType: 0x86dd, protocol: 41, ppp: 0x0057 };
}

/** An IPv6 extension header that has its length in units of 8 octets beyond the first: hop-by-hop 0, routing 43, destination 60 … */
export function extension(kind: number, payload: Piece, units = 0): Piece {
  const next = payload.protocol ?? 253;
  return { octets: join(bytes(next, units, 1, 4), zeros(4 + 8 * units), payload.octets), protocol: kind };
}

/** @param offset in units of 8 octets */
export function fragmentHeader(offset: number, more: boolean, identification: number, payload: Piece): Piece {
  const field = (offset << 3) | (more ? 1 : 0);
  return {
    octets: join(bytes(payload.protocol ?? 253, 0), u16(field), u32(identification), payload.octets),
    protocol: 44,
  };
}

/** Authentication header: its length counts words, less two. */
export function ah(payload: Piece): Piece {
  return { octets: join(bytes(payload.protocol ?? 253, 4), u16(0), u32(1, 2, 3, 4, 5), payload.octets), protocol: 51 };
}

export function esp(payload: Piece = data(32)): Piece {
  return { octets: join(u32(0x1234, 1), payload.octets), protocol: 50 };
}
