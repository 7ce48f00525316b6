import { indexOf, lineEnd, startsWithAnyCase } from './octets.js';
import type { FlowView } from './protocol.js';

/** Header fields `Name: value`, one a line, as HTTP, SIP, RTSP and SSDP have them. */

/** Name in upper case with its colon, and the element that takes the value. */
export type HeaderField = readonly [name: Uint8Array, place: number];

const MOST_FIELDS = 64;

/** Writes the fields that are wanted. Answers where the empty line behind them ends; -1 when there is none. */
export function writeFields(
  octets: Uint8Array,
  from: number,
  to: number,
  fields: readonly HeaderField[],
  flow: FlowView,
): number {
  for (let p = from, n = 0; p < to && n < MOST_FIELDS; n++) {
    const found = indexOf(octets, p, to, 0x0a);
    const end = found < 0 ? to : lineEnd(octets, p, found);
    if (end === p) return found < 0 ? -1 : found + 1;
    for (const [name, place] of fields) {
      if (!startsWithAnyCase(octets, p, end, name)) continue;
      const value = skipSpace(octets, p + name.length, end);
      if (value < end) flow.out.text(place, octets, value, end);
      break;
    }
    if (found < 0) return -1;
    p = found + 1;
  }
  return -1;
}

/** Where the value of field `name` begins, -1 without one; it ends with the line. */
export function findField(octets: Uint8Array, from: number, to: number, name: Uint8Array): number {
  for (let p = from, n = 0; p < to && n < MOST_FIELDS; n++) {
    const found = indexOf(octets, p, to, 0x0a);
    const end = found < 0 ? to : lineEnd(octets, p, found);
    if (end === p) return -1;
    if (startsWithAnyCase(octets, p, end, name)) return skipSpace(octets, p + name.length, end);
    if (found < 0) return -1;
    p = found + 1;
  }
  return -1;
}

function skipSpace(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && (octets[p] === 0x20 || octets[p] === 0x09)) p++;
  return p;
}
