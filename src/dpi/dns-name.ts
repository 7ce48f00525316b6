import { u16 } from './octets.js';
import type { FlowView } from './protocol.js';

/** Names in DNS messages (RFC 1035 §3.1, §4.1.4). */

export const MOST_LABELS = 128;
const MOST_JUMPS = 32;
const LONGEST_NAME = 1_024;

/** Where a name ends; -1 when it is none, -2 when it is cut. */
export function skipName(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  for (let n = 0; n < MOST_LABELS; n++) {
    if (p >= to) return -2;
    const length = octets[p];
    if (length === 0) return p + 1;
    if (length >= 0xc0) return p + 2 <= to ? p + 2 : -2;
    if (length > 63) return -1;
    p += 1 + length;
  }
  return -1;
}

const name = new Uint8Array(LONGEST_NAME);
let nameLength = 0;

/** Writes the name at `from` of a message that begins at `start`. */
export function writeName(
  octets: Uint8Array,
  start: number,
  from: number,
  to: number,
  flow: FlowView,
  place: number,
): void {
  readName(octets, start, from, to);
  flow.out.text(place, name, 0, nameLength);
}

/** Reads a name into `name`, labels with dots between, backslashes before dots and backslashes in them; `.` for the root. */
function readName(octets: Uint8Array, start: number, from: number, to: number): void {
  nameLength = 0;
  let p = from;
  let least = from;
  for (let n = 0, jumps = 0; n < MOST_LABELS && p < to; n++) {
    const length = octets[p];
    if (length === 0) break;
    if (length >= 0xc0) {
      if (p + 2 > to || ++jumps > MOST_JUMPS) break;
      const target = start + (u16(octets, p) & 0x3fff);
      // Only backwards, so that it ends.
      if (target >= least) break;
      least = target;
      p = target;
      continue;
    }
    if (length > 63) break;
    if (nameLength > 0) put(0x2e);
    const end = Math.min(to, p + 1 + length);
    for (let q = p + 1; q < end; q++) {
      if (octets[q] === 0x2e || octets[q] === 0x5c) put(0x5c);
      put(octets[q]);
    }
    p += 1 + length;
  }
  if (nameLength === 0) put(0x2e);
}

function put(octet: number): void {
  if (nameLength < name.length) name[nameLength++] = octet;
}
