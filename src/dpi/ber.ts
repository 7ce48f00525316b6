import type { FlowView } from './protocol.js';

/**
 * Elements of the Basic Encoding Rules (X.690 §8.1) with a tag of one octet and a definite length, as SNMP, LDAP and
 * Kerberos have them.
 */
export const enum Tag {
  Integer = 0x02,
  OctetString = 0x04,
  ObjectId = 0x06,
  Enumerated = 0x0a,
  GeneralString = 0x1b,
  Sequence = 0x30,
  Set = 0x31,
}

const oidText = new Uint8Array(256);

/** Where the contents of the element at `at` begin; -1 without a length that can be read. */
export function berContents(octets: Uint8Array, at: number, to: number): number {
  if (at + 2 > to) return -1;
  const first = octets[at + 1];
  if (first < 0x80) return at + 2;
  const count = first & 0x7f;
  return count === 0 || count > 4 || at + 2 + count > to ? -1 : at + 2 + count;
}

/** Where the element at `at` ends, which may be beyond `to`; -1 without a length that can be read. */
export function berEnd(octets: Uint8Array, at: number, to: number): number {
  const contents = berContents(octets, at, to);
  if (contents < 0 || contents === at + 2) return contents < 0 ? -1 : contents + octets[at + 1];
  let length = 0;
  for (let p = at + 2; p < contents; p++) length = length * 256 + octets[p];
  return contents + length;
}

/** Where the contents of the element at `at` begin when it has that tag; else -1. */
export function berEnter(octets: Uint8Array, at: number, to: number, tag: number): number {
  return at >= 0 && at < to && octets[at] === tag ? berContents(octets, at, to) : -1;
}

/** What follows the element at `at` when it has that tag and is all there; else -1. */
export function berSkip(octets: Uint8Array, at: number, to: number, tag: number): number {
  if (at < 0 || at >= to || octets[at] !== tag) return -1;
  const end = berEnd(octets, at, to);
  return end > to ? -1 : end;
}

/** The whole number of four octets at most at `at`, not negative; -1 when there is none. */
export function berUnsigned(octets: Uint8Array, at: number, to: number): number {
  if (at < 0) return -1;
  const from = berContents(octets, at, to);
  const end = from < 0 ? -1 : berEnd(octets, at, to);
  if (end <= from || end > to || end - from > 5 || octets[from] >= 0x80) return -1;
  let value = 0;
  for (let p = from; p < end; p++) value = value * 256 + octets[p];
  return value;
}

/** Writes the object identifier between `from` and `to` in dotted numbers. */
export function writeObjectId(flow: FlowView, place: number, octets: Uint8Array, from: number, to: number): void {
  let at = 0;
  let arc = 0;
  for (let p = from; p < to && at < oidText.length - 24; p++) {
    arc = (arc % 0x1_0000_0000) * 128 + (octets[p] & 0x7f);
    if (octets[p] & 0x80) continue;
    if (at === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      at = writeArc(at, first);
      arc -= 40 * first;
    }
    oidText[at++] = 0x2e;
    at = writeArc(at, arc);
    arc = 0;
  }
  flow.out.text(place, oidText, 0, at);
}

function writeArc(at: number, value: number): number {
  let scale = 1;
  while (scale * 10 <= value) scale *= 10;
  let p = at;
  for (let rest = value; scale >= 1; scale = Math.floor(scale / 10)) {
    oidText[p++] = 0x30 + Math.floor(rest / scale);
    rest %= scale;
  }
  return p;
}
