import { InterfaceClock, resolutionProblem } from './pcapng-clock.js';

/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng). Offsets are from the start of the block; every block begins with its
 * type and its length, and ends with its length.
 */

export const SECTION_HEADER_BLOCK = 0x0a0d0d0a; // the same in either byte order
export const INTERFACE_DESCRIPTION_BLOCK = 1;
export const OBSOLETE_PACKET_BLOCK = 2;
export const SIMPLE_PACKET_BLOCK = 3;
export const ENHANCED_PACKET_BLOCK = 6;

export const BLOCK_LENGTH_OFFSET = 4;
export const BLOCK_TRAILER_OCTETS = 4;
export const MIN_BLOCK_OCTETS = 12;
/** A block may claim no more than this; larger claims end the input as damaged. */
export const MAX_BLOCK_OCTETS = 16 * 1024 * 1024;

/** §4.1 */
export const BYTE_ORDER_OFFSET = 8;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const MAJOR_VERSION_OFFSET = 12;
export const MAJOR_VERSION = 1;
export const MIN_SECTION_HEADER_OCTETS = 28;

/** §4.2 */
const LINK_TYPE_OFFSET = 8;
const SNAP_LENGTH_OFFSET = 12;
const OPTIONS_OFFSET = 16;
export const MIN_INTERFACE_DESCRIPTION_OCTETS = 20;
const OPTION_END = 0;
const OPTION_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_FCS_LENGTH = 13;
const OPTION_TIME_OFFSET = 14;
const OPTION_HEADER_OCTETS = 4;
const MAX_NAME_OCTETS = 255;

/** §4.3, and appendix A for the obsolete block, whose interface number has 16 bits with a drop count after it. */
export const PACKET = { interface: 8, high: 12, low: 16, captured: 20, wire: 24, data: 28 } as const;
/** §4.4 */
export const SIMPLE = { wire: 8, data: 12 } as const;

/** What an interface description block says. */
export interface InterfaceDescription {
  readonly name: string | null;
  readonly linkType: number;
  /** 0 for none. */
  readonly snapLength: number;
  readonly clock: InterfaceClock;
  /** Octets of frame check sequence at the end of each packet. */
  readonly fcsOctets: number;
}

/** Byte order of the section whose header starts at `position`: true for little endian, null when the magic is wrong. */
export function sectionByteOrder(view: DataView, position: number): boolean | null {
  if (view.getUint32(position + BYTE_ORDER_OFFSET, true) === BYTE_ORDER_MAGIC) return true;
  return view.getUint32(position + BYTE_ORDER_OFFSET, false) === BYTE_ORDER_MAGIC ? false : null;
}

/** Reads the interface description block of `length` octets at `position`. A string says what is wrong with it. */
export function readInterfaceDescription(
  view: DataView,
  position: number,
  length: number,
  littleEndian: boolean,
): InterfaceDescription | string {
  const end = position + length - BLOCK_TRAILER_OCTETS;
  let name: string | null = null;
  let resolution: number | undefined;
  let offset = 0;
  let fcsOctets = 0;
  let at = position + OPTIONS_OFFSET;
  while (at + OPTION_HEADER_OCTETS <= end) {
    const code = view.getUint16(at, littleEndian);
    const octets = view.getUint16(at + 2, littleEndian);
    const value = at + OPTION_HEADER_OCTETS;
    if (code === OPTION_END) break;
    if (value + octets > end) return `option ${code} claims ${octets} octets, ${end - value} are left in the block`;
    if (code === OPTION_NAME) name = readName(view, value, octets);
    else if (code === OPTION_TIME_RESOLUTION && octets === 1) resolution = view.getUint8(value);
    else if (code === OPTION_TIME_OFFSET && octets === 8) offset = Number(view.getBigInt64(value, littleEndian));
    else if (code === OPTION_FCS_LENGTH && octets === 1) fcsOctets = fcsLength(view.getUint8(value));
    at = value + ((octets + 3) & ~3);
  }
  const problem = resolution === undefined ? null : resolutionProblem(resolution);
  if (problem !== null) return problem;
  return {
    name,
    linkType: view.getUint16(position + LINK_TYPE_OFFSET, littleEndian),
    snapLength: view.getUint32(position + SNAP_LENGTH_OFFSET, littleEndian),
    clock: new InterfaceClock(resolution, offset),
    fcsOctets,
  };
}

/** if_fcslen is in bits by the text of §4.2, in octets by its example, and both are written. A sequence has two or four octets. */
function fcsLength(value: number): number {
  const octets = value >= 16 ? value >>> 3 : value;
  return octets <= 4 ? octets : 0;
}

/** A name from the capture, bounded and without control characters: it goes to terminals and logs. */
function readName(view: DataView, position: number, octets: number): string | null {
  const length = Math.min(octets, MAX_NAME_OCTETS);
  const copy = new Uint8Array(length);
  copy.set(new Uint8Array(view.buffer, view.byteOffset + position, length));

  const name = new TextDecoder()
    .decode(copy)
    .replace(/\0+$/, '')
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    .replace(/[\x00-\x1f\x7f-\x9f]/g, '\ufffd');
  return name === '' ? null : name;
}
