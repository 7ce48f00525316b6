import { ethernet } from './link-frames.js';
import { bytes, join, u16, u32, zeros } from './octets.js';
import { ipv4, type Piece, udp } from './packets.js';

/** Tunnels: each gives what stands in an IP packet. */

export interface GreOptions {
  readonly key?: number;
  readonly sequence?: number;
  readonly checksum?: boolean;
  /** Source routes (RFC 1701), each of these lengths; an empty entry ends the list. */
  readonly routes?: readonly number[];
  readonly protocol?: number;
  readonly version?: number;
}

export function gre(options: GreOptions, payload: Piece): Piece {
  const { key, sequence, checksum = false, routes, version = 0 } = options;
  const bit = (present: boolean, value: number): number => (present ? value : 0);
  const flags =
    bit(checksum, 0x8000) |
    bit(routes !== undefined, 0x4000) |
    bit(key !== undefined, 0x2000) |
    bit(sequence !== undefined, 0x1000);
  const parts = [u16(flags | version, options.protocol ?? payload.etherType ?? 0)];
  if (checksum || routes !== undefined) parts.push(u32(0));
  if (key !== undefined) parts.push(u32(key));
  if (sequence !== undefined) parts.push(u32(sequence));
  for (const length of routes ?? []) parts.push(u16(0x0800), bytes(0, length), zeros(length));
  if (routes !== undefined) parts.push(u32(0));
  return { octets: join(...parts, payload.octets), protocol: 47 };
}

/** Enhanced GRE of PPTP: `ppp` may be absent in pure acknowledgements. */
export function pptpGre(
  callId: number,
  ppp: Piece,
  options: { sequence?: number; acknowledgement?: number } = {},
): Piece {
  const { sequence, acknowledgement } = options;
  const flags = 0x2001 | (sequence === undefined ? 0 : 0x1000) | (acknowledgement === undefined ? 0 : 0x0080);
  const parts = [u16(flags, 0x880b, ppp.octets.length, callId)];
  if (sequence !== undefined) parts.push(u32(sequence));
  if (acknowledgement !== undefined) parts.push(u32(acknowledgement));
  return { octets: join(...parts, ppp.octets), protocol: 47 };
}

export function nvgre(subnet: number, frame: Piece): Piece {
  return gre({ key: subnet * 256 + 0x11 }, frame);
}

export function erspan1(frame: Piece): Piece {
  return gre({ protocol: 0x88be }, frame);
}

export function erspan2(session: number, frame: Piece): Piece {
  const header = join(u16(0x1000, session), u32(0));
  return gre({ protocol: 0x88be, sequence: 1 }, { octets: join(header, frame.octets) });
}

/** @param frameType 0 Ethernet, 2 IP @param platform with the platform-specific subheader */
export function erspan3(session: number, frame: Piece, frameType = 0, platform = false): Piece {
  const header = join(
    u16(0x2000, session),
    u32(0),
    u16(0, (frameType << 10) | (platform ? 1 : 0)),
    zeros(platform ? 8 : 0),
  );
  return gre({ protocol: 0x22eb, sequence: 1 }, { octets: join(header, frame.octets) });
}

function overUdp(dport: number, ...parts: Uint8Array[]): Piece {
  return udp({ sport: 50_000, dport }, { octets: join(...parts) });
}

export function vxlan(vni: number, frame: Piece, flags = 0x08): Piece {
  return overUdp(4789, bytes(flags, 0, 0, 0), u32(vni * 256), frame.octets);
}

export function vxlanGpe(vni: number, next: number, payload: Piece): Piece {
  return overUdp(4790, bytes(0x0c, 0, 0, next), u32(vni * 256), payload.octets);
}

export function geneve(vni: number, payload: Piece, optionWords = 0): Piece {
  const header = join(bytes(optionWords, 0), u16(payload.etherType ?? 0), u32(vni * 256), zeros(4 * optionWords));
  return overUdp(6081, header, payload.octets);
}

export interface GtpOptions {
  readonly messageType?: number;
  readonly sequence?: number;
  /** Extension headers: type and content; content and two octets make a multiple of four. */
  readonly extensions?: readonly { readonly type: number; readonly content: Uint8Array }[];
}

export function gtpU(teid: number, payload: Piece, options: GtpOptions = {}): Piece {
  const { messageType = 255, sequence, extensions = [] } = options;
  const flags = 0x30 | (sequence === undefined ? 0 : 2) | (extensions.length > 0 ? 4 : 0);
  const optional: Uint8Array[] = [];
  if (flags & 7) optional.push(u16(sequence ?? 0), bytes(0, extensions[0]?.type ?? 0));
  extensions.forEach(({ content }, i) => {
    optional.push(bytes((content.length + 2) / 4), content, bytes(extensions[i + 1]?.type ?? 0));
  });
  const rest = join(...optional, payload.octets);
  return overUdp(2152, bytes(flags, messageType), u16(rest.length), u32(teid), rest);
}

export interface L2tpOptions {
  readonly length?: boolean;
  readonly sequence?: boolean;
  readonly offset?: number;
  readonly control?: boolean;
}

export function l2tp2(tunnel: number, session: number, ppp: Piece, options: L2tpOptions = {}): Piece {
  const { length = false, sequence = false, offset, control = false } = options;
  const flags =
    2 | (control ? 0x8000 : 0) | (length ? 0x4000 : 0) | (sequence ? 0x0800 : 0) | (offset === undefined ? 0 : 0x0200);
  const tail = [u16(tunnel, session)];
  if (sequence) tail.push(u16(1, 2));
  if (offset !== undefined) tail.push(u16(offset), zeros(offset));
  tail.push(ppp.octets);
  const rest = join(...tail);
  return overUdp(1701, u16(flags), length ? u16(rest.length + 4) : zeros(0), rest);
}

/** L2TPv3 with Ethernet: straight over IP, or over UDP. */
export function l2tp3(session: number, frame: Piece, cookieOctets = 0): Piece {
  return { octets: join(u32(session), zeros(cookieOctets).fill(0xc0), frame.octets), protocol: 115 };
}

export function l2tp3OverUdp(session: number, frame: Piece, cookieOctets = 0): Piece {
  return overUdp(1701, u16(3, 0), l2tp3(session, frame, cookieOctets).octets);
}

export function teredo(packet: Piece, options: { authentication?: boolean; origin?: boolean } = {}): Piece {
  const authentication = options.authentication === true ? join(bytes(0, 1, 2, 3), zeros(2 + 3 + 9)) : zeros(0);
  const origin = options.origin === true ? join(u16(0, 0x1234), u32(0x0a000001)) : zeros(0);
  return overUdp(3544, authentication, origin, packet.octets);
}

/** @param protocol 1 Ethernet, 18 IEEE 802.11 */
export function tzsp(frame: Piece, protocol = 1, tags: Uint8Array = bytes(0, 10, 1, 7, 1)): Piece {
  return overUdp(37_008, bytes(1, 0), u16(protocol), tags, frame.octets);
}

export function mplsInUdp(stack: Piece): Piece {
  return overUdp(6635, stack.octets);
}

/** A whole frame with this in an IPv4 packet. */
export function carried(piece: Piece): Piece {
  return ethernet(ipv4({ src: '192.0.2.1', dst: '192.0.2.2' }, piece));
}
