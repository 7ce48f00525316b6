import { digest } from './digest.js';
import { ascii } from './octets.js';
import { type Element, ElementType, type FlowView } from './protocol.js';

/** X.509 certificates (RFC 5280): what an analyst looks for, read from their DER without building anything. */

/** Places of the elements, counted from that of the group. */
export const enum Cert {
  Group = 0,
  Subject = 1,
  Issuer = 2,
  Serial = 3,
  NotBefore = 4,
  NotAfter = 5,
  AlternativeNames = 6,
  KeyType = 7,
  KeyBits = 8,
  Sha1 = 9,
  Sha256 = 10,
  AlternativeAddresses = 11,
  Count = 12,
}

export const CERTIFICATE_ELEMENTS: readonly Element[] = [
  { name: 'certificates', type: ElementType.Group, many: true },
  { name: 'subject', type: ElementType.Text, max: 512, within: 'certificates', ie: 'sslCertSubName' },
  { name: 'issuer', type: ElementType.Text, max: 512, within: 'certificates', ie: 'sslCertIssuerName' },
  { name: 'serial', type: ElementType.Octets, max: 32, within: 'certificates', ie: 'sslCertSerialNumber' },
  { name: 'notBefore', type: ElementType.Seconds, within: 'certificates', ie: 'sslCertValidityNotBefore' },
  { name: 'notAfter', type: ElementType.Seconds, within: 'certificates', ie: 'sslCertValidityNotAfter' },
  { name: 'alternativeNames', type: ElementType.Text, many: true, within: 'certificates' },
  { name: 'keyType', type: ElementType.Text, max: 16, within: 'certificates' },
  { name: 'keyBits', type: ElementType.Unsigned, within: 'certificates', ie: 'sslPublicKeyLength' },
  { name: 'sha1', type: ElementType.Octets, max: 20, within: 'certificates', ie: 'sslCertificateSHA1' },
  { name: 'sha256', type: ElementType.Octets, max: 32, within: 'certificates', ie: 'sslCertificateSHA256' },
  { name: 'alternativeAddresses', type: ElementType.Ipv6, many: true, within: 'certificates' },
];

const enum Tag {
  Integer = 0x02,
  BitString = 0x03,
  Oid = 0x06,
  UtcTime = 0x17,
  GeneralizedTime = 0x18,
  Sequence = 0x30,
  Set = 0x31,
  Version = 0xa0,
  Extensions = 0xa3,
  DnsName = 0x82,
  Address = 0x87,
}

const enum Bound {
  Names = 100,
  Parts = 32,
  Extensions = 40,
  Text = 1_024,
}

/** Attribute types under 2.5.4 (RFC 4519) that have a short name (RFC 4514 §3). */
const SHORT_NAMES: readonly (readonly [number, Uint8Array])[] = [
  [3, ascii('CN=')],
  [4, ascii('SN=')],
  [5, ascii('serialNumber=')],
  [6, ascii('C=')],
  [7, ascii('L=')],
  [8, ascii('ST=')],
  [9, ascii('STREET=')],
  [10, ascii('O=')],
  [11, ascii('OU=')],
  [12, ascii('title=')],
  [42, ascii('GN=')],
];
const EMAIL_OID = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01);
const EMAIL = ascii('emailAddress=');
const DOMAIN_OID = Uint8Array.of(0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19);
const DOMAIN = ascii('DC=');
const ALTERNATIVE_NAME = Uint8Array.of(0x55, 0x1d, 0x11);
const KEY_TYPES: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01), ascii('RSA')],
  [Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01), ascii('EC')],
  [Uint8Array.of(0x2b, 0x65, 0x70), ascii('Ed25519')],
  [Uint8Array.of(0x2b, 0x65, 0x71), ascii('Ed448')],
  [Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01), ascii('DSA')],
];
/** Named curves by the last octet of their identifier, and the bits of a key on them. */
const CURVES: readonly (readonly [Uint8Array, number])[] = [
  [Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07), 256],
  [Uint8Array.of(0x2b, 0x81, 0x04, 0x00, 0x22), 384],
  [Uint8Array.of(0x2b, 0x81, 0x04, 0x00, 0x23), 521],
];

const text = new Uint8Array(Bound.Text);
const parts = new Int32Array(2 * Bound.Parts);
const hash = new Uint8Array(32);

// The value last opened: where it begins and ends.
let from = 0;
let to = 0;

/** Opens the value with that tag at `p`; false when there is none or it does not fit. */
function open(octets: Uint8Array, p: number, end: number, tag: number): boolean {
  if (p + 2 > end || octets[p] !== tag) return false;
  let length = octets[p + 1];
  let body = p + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 3 || body + count > end) return false;
    length = 0;
    for (let n = 0; n < count; n++) length = (length << 8) | octets[body + n];
    body += count;
  }
  if (body + length > end) return false;
  from = body;
  to = body + length;
  return true;
}

/** Opens whatever value stands at `p`. */
function openAny(octets: Uint8Array, p: number, end: number): boolean {
  return p < end && open(octets, p, end, octets[p]);
}

function equals(octets: Uint8Array, at: number, end: number, token: Uint8Array): boolean {
  if (end - at !== token.length) return false;
  for (let n = 0; n < token.length; n++) if (octets[at + n] !== token[n]) return false;
  return true;
}

/**
 * Writes what the certificate from `start` to `end` says, as a group.
 * @param base place of the group's element
 */
export function writeCertificate(octets: Uint8Array, start: number, end: number, flow: FlowView, base: number): void {
  const { out } = flow;
  out.begin(base);
  readCertificate(octets, start, end, flow, base);
  digest('sha1', octets, start, end, hash, 0);
  out.octets(base + Cert.Sha1, hash, 0, 20);
  digest('sha256', octets, start, end, hash, 0);
  out.octets(base + Cert.Sha256, hash, 0, 32);
  out.end();
}

function readCertificate(octets: Uint8Array, start: number, end: number, flow: FlowView, base: number): void {
  const { out } = flow;
  if (!open(octets, start, end, Tag.Sequence) || !open(octets, from, to, Tag.Sequence)) return;
  const last = to;
  let p = from;
  if (open(octets, p, last, Tag.Version)) p = to;
  if (!open(octets, p, last, Tag.Integer)) return;
  // A serial number may begin with a zero that only keeps it positive.
  const isPadded = to - from > 1 && octets[from] === 0;
  out.octets(base + Cert.Serial, octets, isPadded ? from + 1 : from, to);
  if (!open(octets, to, last, Tag.Sequence)) return;
  if (!open(octets, to, last, Tag.Sequence)) return;
  p = to;
  writeName(octets, from, to, flow, base + Cert.Issuer);
  if (!open(octets, p, last, Tag.Sequence)) return;
  p = to;
  const validityEnd = to;
  if (openAny(octets, from, validityEnd)) {
    const next = to;
    out.seconds(base + Cert.NotBefore, timeOf(octets, from, to, octets[from - 2]));
    if (openAny(octets, next, validityEnd)) out.seconds(base + Cert.NotAfter, timeOf(octets, from, to, octets[next]));
  }
  if (!open(octets, p, last, Tag.Sequence)) return;
  p = to;
  writeName(octets, from, to, flow, base + Cert.Subject);
  if (!open(octets, p, last, Tag.Sequence)) return;
  p = to;
  writeKey(octets, from, to, flow, base);
  for (let n = 0; n < 3 && openAny(octets, p, last); n++) {
    const next = to;
    if (octets[p] === Tag.Extensions && open(octets, from, to, Tag.Sequence)) {
      writeAlternativeNames(octets, from, to, flow, base);
    }
    p = next;
  }
}

/** A distinguished name as RFC 4514 writes it: the last part first. */
function writeName(octets: Uint8Array, start: number, end: number, flow: FlowView, place: number): void {
  let count = 0;
  for (let p = start; count < Bound.Parts && open(octets, p, end, Tag.Set); count++) {
    parts[2 * count] = from;
    parts[2 * count + 1] = to;
    p = to;
  }
  let at = 0;
  for (let n = count - 1; n >= 0; n--) {
    if (!open(octets, parts[2 * n], parts[2 * n + 1], Tag.Sequence)) continue;
    const attributeEnd = to;
    if (!open(octets, from, to, Tag.Oid)) continue;
    if (at > 0) at = append(at, 0x2c);
    at = writeType(octets, from, to, at);
    if (openAny(octets, to, attributeEnd)) {
      for (let v = from; v < to; v++) {
        if (octets[v] === 0x2c || octets[v] === 0x2b || octets[v] === 0x22 || octets[v] === 0x5c) at = append(at, 0x5c);
        at = append(at, octets[v]);
      }
    }
  }
  flow.out.text(place, text, 0, at);
}

function writeType(octets: Uint8Array, start: number, end: number, at: number): number {
  if (end - start === 3 && octets[start] === 0x55 && octets[start + 1] === 0x04) {
    for (const [type, name] of SHORT_NAMES) if (type === octets[start + 2]) return appendAll(at, name);
  }
  if (equals(octets, start, end, EMAIL_OID)) return appendAll(at, EMAIL);
  if (equals(octets, start, end, DOMAIN_OID)) return appendAll(at, DOMAIN);
  // The identifier in numbers.
  let value = 0;
  for (let p = start; p < end; p++) {
    value = (value * 128 + (octets[p] & 0x7f)) % 0x1_0000_0000;
    if (octets[p] & 0x80) continue;
    if (at > 0 && text[at - 1] !== 0x2c) at = append(at, 0x2e);
    if (p === start) {
      const first = Math.min(2, Math.floor(value / 40));
      at = append(at, 0x30 + first);
      at = append(at, 0x2e);
      value -= 40 * first;
    }
    at = appendDecimal(at, value);
    value = 0;
  }
  return append(at, 0x3d);
}

function writeKey(octets: Uint8Array, start: number, end: number, flow: FlowView, base: number): void {
  if (!open(octets, start, end, Tag.Sequence)) return;
  const next = to;
  const algorithmEnd = to;
  if (!open(octets, from, to, Tag.Oid)) return;
  const oidTo = to;
  for (const [oid, name] of KEY_TYPES) {
    if (equals(octets, from, oidTo, oid)) flow.out.text(base + Cert.KeyType, name, 0, name.length);
  }
  if (open(octets, oidTo, algorithmEnd, Tag.Oid)) {
    for (const [oid, bits] of CURVES) if (equals(octets, from, to, oid)) flow.out.unsigned(base + Cert.KeyBits, bits);
    return;
  }
  // RSA: a bit string that holds the sequence of modulus and exponent.
  if (!open(octets, next, end, Tag.BitString)) return;
  if (!open(octets, from + 1, to, Tag.Sequence) || !open(octets, from, to, Tag.Integer)) return;
  let p = from;
  while (p < to && octets[p] === 0) p++;
  if (p < to) flow.out.unsigned(base + Cert.KeyBits, 8 * (to - p) - Math.clz32(octets[p]) + 24);
}

function writeAlternativeNames(octets: Uint8Array, start: number, end: number, flow: FlowView, base: number): void {
  for (let p = start, n = 0; n < Bound.Extensions && open(octets, p, end, Tag.Sequence); n++) {
    p = to;
    const extensionEnd = to;
    if (!open(octets, from, to, Tag.Oid) || !equals(octets, from, to, ALTERNATIVE_NAME)) continue;
    // The value is the last part: an octet string that holds a sequence.
    let value = to;
    if (!openAny(octets, value, extensionEnd)) return;
    if (octets[value] === 0x01) {
      value = to;
      if (!openAny(octets, value, extensionEnd)) return;
    }
    if (!open(octets, from, to, Tag.Sequence)) return;
    const namesEnd = to;
    for (let q = from, names = 0; names < Bound.Names && openAny(octets, q, namesEnd); names++) {
      const { out } = flow;
      if (octets[q] === Tag.DnsName) out.text(base + Cert.AlternativeNames, octets, from, to);
      else if (octets[q] === Tag.Address && to - from === 4) out.ipv4(base + Cert.AlternativeAddresses, octets, from);
      else if (octets[q] === Tag.Address && to - from === 16) out.ipv6(base + Cert.AlternativeAddresses, octets, from);
      q = to;
    }
    return;
  }
}

/** Seconds since 1970 of a UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5); -1 when it is none. */
function timeOf(octets: Uint8Array, start: number, end: number, tag: number): number {
  const digits = tag === Tag.GeneralizedTime ? 4 : 2;
  if (end - start < digits + 10) return -1;
  let year = number(octets, start, digits);
  if (digits === 2) year += year < 50 ? 2000 : 1900;
  const p = start + digits;
  const month = number(octets, p, 2);
  const day = number(octets, p + 2, 2);
  if (month < 1 || month > 12 || day < 1) return -1;
  // Days from 1970-03-01 of a year that begins in March.
  const y = month > 2 ? year : year - 1;
  const m = (month + 9) % 12;
  const days =
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * m + 2) / 5) +
    day -
    719_469;
  return days * 86_400 + number(octets, p + 4, 2) * 3_600 + number(octets, p + 6, 2) * 60 + number(octets, p + 8, 2);
}

function number(octets: Uint8Array, start: number, digits: number): number {
  let value = 0;
  for (let n = 0; n < digits; n++) value = 10 * value + ((octets[start + n] - 0x30) & 15);
  return value;
}

function append(at: number, octet: number): number {
  if (at < text.length) text[at++] = octet;
  return at;
}

function appendAll(at: number, name: Uint8Array): number {
  for (let n = 0; n < name.length; n++) at = append(at, name[n]);
  return at;
}

function appendDecimal(at: number, value: number): number {
  let power = 1;
  while (power * 10 <= value) power *= 10;
  for (; power >= 1; power /= 10) at = append(at, 0x30 + (Math.floor(value / power) % 10));
  return at;
}
