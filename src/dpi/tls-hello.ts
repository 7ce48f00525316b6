import { DASH, COMMA, decimalOf, decimals, md5OfText, put, startText, writeJa4 } from './fingerprint.js';
import { tokens, u16, u24 } from './octets.js';
import { type Element, ElementType, type FlowView } from './protocol.js';

/** The hellos of TLS (RFC 5246, RFC 8446), DTLS and QUIC: what they say, and their fingerprints. */

/** Places of the elements that all protocols with a TLS handshake begin with. */
export const enum Hello {
  Sni = 0,
  Alpn = 1,
  AlpnSelected = 2,
  Version = 3,
  ClientVersion = 4,
  OfferedVersions = 5,
  Ciphers = 6,
  Cipher = 7,
  Ja3 = 8,
  Ja3s = 9,
  Ja4 = 10,
  Resumed = 11,
  Ech = 12,
  Count = 13,
}

export const HELLO_ELEMENTS: readonly Element[] = [
  { name: 'sni', type: ElementType.Text, ie: 'sslServerName' },
  { name: 'alpn', type: ElementType.Text, many: true },
  { name: 'alpnSelected', type: ElementType.Text },
  { name: 'version', type: ElementType.Text, max: 8 },
  { name: 'clientVersion', type: ElementType.Text, max: 8 },
  { name: 'offeredVersions', type: ElementType.Octets, max: 64 },
  { name: 'ciphers', type: ElementType.Octets, max: 400 },
  { name: 'cipher', type: ElementType.Unsigned, ie: 'sslServerCipher' },
  { name: 'ja3', type: ElementType.Octets, max: 16, ie: 'sslClientJA3' },
  { name: 'ja3s', type: ElementType.Octets, max: 16, ie: 'sslServerJA3S' },
  { name: 'ja4', type: ElementType.Text, max: 48 },
  { name: 'resumed', type: ElementType.Flag },
  { name: 'ech', type: ElementType.Flag },
];

/** Words of memory that the hellos need. */
export const HELLO_WORDS = 2;
const enum Memory {
  Flags = 0,
  SessionHash = 1,
}
export const enum HelloFlag {
  Client = 1,
  Server = 2,
  /** The server chose TLS 1.3: what follows its hello is encrypted. */
  Tls13 = 4,
  Certificate = 8,
  /** The server took a session id or key that the client offered. */
  Resumed = 16,
  /** The server asked for another ClientHello, and its ServerHello has not come. */
  Retry = 32,
}

/** Which protocol carries the handshake, as JA4 calls it. */
export const enum Carrier {
  Tls = 0x74,
  Dtls = 0x64,
  Quic = 0x71,
}

/** What the first protocol that a client offers, or the server chose, means for the label. */
export const enum Offered {
  None = 0,
  Http1 = 1,
  Http2 = 2,
  Http3 = 3,
  Dot = 4,
  Doq = 5,
  Other = 6,
}

const enum Extension {
  ServerName = 0,
  Groups = 10,
  PointFormats = 11,
  SignatureAlgorithms = 13,
  Alpn = 16,
  PreSharedKey = 41,
  SupportedVersions = 43,
  EncryptedClientHello = 0xfe0d,
}

const enum Bound {
  Ciphers = 1_024,
  Extensions = 128,
  Protocols = 32,
  Groups = 64,
}

const ALPN_NAMES = tokens('h2', 'http/1.1', 'http/1.0', 'h3', 'dot', 'doq');
const ALPN_OFFERS = [Offered.Http2, Offered.Http1, Offered.Http1, Offered.Http3, Offered.Dot, Offered.Doq] as const;
const VERSIONS = Uint16Array.of(0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x0200, 0xfefc, 0xfefd, 0xfeff);
const VERSION_NAMES = tokens('1.3', '1.2', '1.1', '1.0', 'SSLv3', 'SSLv2', '1.3', '1.2', '1.0');
// Room for one hello, used again.
const ciphers = new Uint16Array(Bound.Ciphers);
const extensions = new Uint16Array(Bound.Extensions);
const groups = new Uint16Array(Bound.Groups);
const algorithms = new Uint16Array(Bound.Groups);
const unknown = new Uint8Array(2);

/** Reserved values that clients mix in so that servers stay tolerant (RFC 8701). */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/**
 * Reads a ClientHello message whose body lies from `from` to `to`, and writes what it says. A cut one is read as far as it goes.
 * @returns what it offers first by ALPN
 */
export function readClientHello(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  carrier: Carrier,
): Offered {
  const { words, memory, out } = flow;
  if (words[memory + Memory.Flags] & HelloFlag.Client) return Offered.None;
  if (from + 35 > to) return Offered.None;
  words[memory + Memory.Flags] |= HelloFlag.Client;
  if (!flow.wantsMetadata) return readOffer(octets, from, to, flow, carrier);
  const version = u16(octets, from);
  let p = from + 34;
  words[memory + Memory.SessionHash] = sessionHash(octets, p + 1, Math.min(to, p + 1 + octets[p]));
  p += 1 + octets[p];
  if (carrier === Carrier.Dtls && p < to) p += 1 + octets[p];
  if (p + 2 > to) return Offered.None;
  const ciphersFrom = p + 2;
  const ciphersTo = Math.min(to, ciphersFrom + u16(octets, p));
  let cipherCount = 0;
  for (let c = ciphersFrom; c + 2 <= ciphersTo && cipherCount < Bound.Ciphers; c += 2) {
    const cipher = u16(octets, c);
    if (!isGrease(cipher)) ciphers[cipherCount++] = cipher;
  }
  p = ciphersTo;
  p += p < to ? 1 + octets[p] : 0;

  let extensionCount = 0;
  let groupCount = 0;
  let algorithmCount = 0;
  let pointsFrom = 0;
  let pointsTo = 0;
  let hasSni = false;
  let highest = 0;
  let alpnFrom = 0;
  let alpnTo = 0;
  let offered: Offered = Offered.None;
  const end = p + 2 <= to ? Math.min(to, p + 2 + u16(octets, p)) : to;
  p += 2;
  while (p + 4 <= end && extensionCount < Bound.Extensions) {
    const type = u16(octets, p);
    const length = u16(octets, p + 2);
    const body = p + 4;
    const bodyEnd = Math.min(end, body + length);
    p = body + length;
    if (isGrease(type)) continue;
    extensions[extensionCount++] = type;
    switch (type) {
      case Extension.ServerName:
        hasSni = true;
        if (body + 5 <= bodyEnd && octets[body + 2] === 0) {
          const nameEnd = Math.min(bodyEnd, body + 5 + u16(octets, body + 3));
          out.text(Hello.Sni, octets, body + 5, nameEnd);
          flow.host(octets, body + 5, nameEnd);
        }
        break;
      case Extension.Groups:
        for (let g = body + 2; g + 2 <= bodyEnd && groupCount < Bound.Groups; g += 2) {
          const group = u16(octets, g);
          if (!isGrease(group)) groups[groupCount++] = group;
        }
        break;
      case Extension.PointFormats:
        pointsFrom = body + 1;
        pointsTo = bodyEnd;
        break;
      case Extension.SignatureAlgorithms:
        for (let a = body + 2; a + 2 <= bodyEnd && algorithmCount < Bound.Groups; a += 2) {
          const algorithm = u16(octets, a);
          if (!isGrease(algorithm)) algorithms[algorithmCount++] = algorithm;
        }
        break;
      case Extension.Alpn:
        for (let a = body + 2, n = 0; a < bodyEnd && n < Bound.Protocols; n++) {
          const nameEnd = Math.min(bodyEnd, a + 1 + octets[a]);
          out.text(Hello.Alpn, octets, a + 1, nameEnd);
          if (n === 0) {
            alpnFrom = a + 1;
            alpnTo = nameEnd;
            offered = offeredBy(octets, a + 1, nameEnd);
          }
          a = nameEnd;
        }
        break;
      case Extension.SupportedVersions:
        out.octets(Hello.OfferedVersions, octets, body + 1, bodyEnd);
        for (let v = body + 1; v + 2 <= bodyEnd; v += 2) {
          const each = u16(octets, v);
          if (!isGrease(each) && isHigher(each, highest)) highest = each;
        }
        break;
      case Extension.EncryptedClientHello:
        out.flag(Hello.Ech, true);
        break;
    }
  }
  writeVersion(flow, Hello.ClientVersion, highest === 0 ? version : highest);
  out.octets(Hello.Ciphers, octets, ciphersFrom, ciphersTo);
  startText();
  decimalOf(version);
  put(COMMA);
  decimals(ciphers, cipherCount);
  put(COMMA);
  decimals(extensions, extensionCount);
  put(COMMA);
  decimals(groups, groupCount);
  put(COMMA);
  for (let q = pointsFrom; q < pointsTo; q++) {
    if (q > pointsFrom) put(DASH);
    decimalOf(octets[q]);
  }
  out.octets(Hello.Ja3, md5OfText(), 0, 16);
  const offer = highest === 0 ? version : highest;
  const ja4 = writeJa4(
    carrier,
    offer,
    hasSni,
    ciphers,
    cipherCount,
    extensions,
    extensionCount,
    algorithms,
    algorithmCount,
    octets,
    alpnFrom,
    alpnTo,
  );
  out.text(Hello.Ja4, ja4, 0, ja4.length);
  return offered;
}

/** Reads of a ClientHello what labels need: the server's name, and what it offers first by ALPN. */
function readOffer(octets: Uint8Array, from: number, to: number, flow: FlowView, carrier: Carrier): Offered {
  let p = from + 34;
  p += 1 + octets[p];
  if (carrier === Carrier.Dtls && p < to) p += 1 + octets[p];
  if (p + 2 > to) return Offered.None;
  p = Math.min(to, p + 2 + u16(octets, p));
  p += p < to ? 1 + octets[p] : 0;
  const end = p + 2 <= to ? Math.min(to, p + 2 + u16(octets, p)) : to;
  p += 2;
  let offered: Offered = Offered.None;
  for (let count = 0; p + 4 <= end && count < Bound.Extensions;) {
    const type = u16(octets, p);
    const body = p + 4;
    p = body + u16(octets, p + 2);
    if (!isGrease(type)) count++;
    const bodyEnd = Math.min(end, p);
    if (type === Extension.ServerName) {
      if (body + 5 > bodyEnd || octets[body + 2] !== 0) continue;
      flow.host(octets, body + 5, Math.min(bodyEnd, body + 5 + u16(octets, body + 3)));
    } else if (type === Extension.Alpn && body + 2 < bodyEnd) {
      offered = offeredBy(octets, body + 3, Math.min(bodyEnd, body + 3 + octets[body + 2]));
    }
  }
  return offered;
}

/** Reads a ServerHello message whose body lies from `from` to `to`. Answers what the server chose by ALPN. */
export function readServerHello(octets: Uint8Array, from: number, to: number, flow: FlowView): Offered {
  const { words, memory, out } = flow;
  if (words[memory + Memory.Flags] & HelloFlag.Server || from + 38 > to) return Offered.None;
  // HelloRetryRequest (RFC 8446 §4.1.3) has a random of its own; another ServerHello follows.
  const isRetry = octets[from + 2] === 0xcf && octets[from + 3] === 0x21 && octets[from + 4] === 0xad;
  if (isRetry) words[memory + Memory.Flags] |= HelloFlag.Retry;
  else words[memory + Memory.Flags] = (words[memory + Memory.Flags] & ~HelloFlag.Retry) | HelloFlag.Server;
  let version = u16(octets, from);
  const idLength = octets[from + 34];
  let p = from + 35 + idLength;
  if (p + 3 > to) return Offered.None;
  const cipher = u16(octets, p);
  const { wantsMetadata } = flow;
  const echoes =
    wantsMetadata &&
    idLength > 0 &&
    words[memory + Memory.SessionHash] === sessionHash(octets, from + 35, from + 35 + idLength);
  startText();
  if (wantsMetadata) {
    decimalOf(version);
    put(COMMA);
    decimalOf(cipher);
    put(COMMA);
  }
  p += 3;
  let offered: Offered = Offered.None;
  let resumed = false;
  let extensionCount = 0;
  const end = p + 2 <= to ? Math.min(to, p + 2 + u16(octets, p)) : to;
  p += 2;
  while (p + 4 <= end && extensionCount < Bound.Extensions) {
    const type = u16(octets, p);
    const length = u16(octets, p + 2);
    const body = p + 4;
    const bodyEnd = Math.min(end, body + length);
    p = body + length;
    if (wantsMetadata) {
      if (extensionCount > 0) put(DASH);
      decimalOf(type);
    }
    extensionCount++;
    if (type === Extension.Alpn && body + 3 <= bodyEnd) {
      const nameEnd = Math.min(bodyEnd, body + 3 + octets[body + 2]);
      if (!isRetry) out.text(Hello.AlpnSelected, octets, body + 3, nameEnd);
      offered = offeredBy(octets, body + 3, nameEnd);
    } else if (type === Extension.SupportedVersions && body + 2 <= bodyEnd) version = u16(octets, body);
    else if (type === Extension.PreSharedKey) resumed = true;
  }
  const is13 = version === 0x0304 || version === 0xfefc || version >>> 8 === 0x7f;
  if (is13) words[memory + Memory.Flags] |= HelloFlag.Tls13;
  if (isRetry) return offered;
  if (resumed || (!is13 && echoes)) words[memory + Memory.Flags] |= HelloFlag.Resumed;
  if (!wantsMetadata) return offered;
  writeVersion(flow, Hello.Version, version);
  out.unsigned(Hello.Cipher, cipher);
  out.octets(Hello.Ja3s, md5OfText(), 0, 16);
  if (is13 && resumed) out.flag(Hello.Resumed, true);
  return offered;
}

/** Length of a handshake message with its header at `from`, four octets included. */
export function messageOctets(octets: Uint8Array, from: number): number {
  return 4 + u24(octets, from + 1);
}

function offeredBy(octets: Uint8Array, from: number, to: number): Offered {
  for (let m = 0; m < ALPN_NAMES.length; m++) {
    const name = ALPN_NAMES[m];
    if (name.length !== to - from) continue;
    let n = 0;
    while (n < name.length && octets[from + n] === name[n]) n++;
    if (n === name.length) return ALPN_OFFERS[m];
  }
  return to > from ? Offered.Other : Offered.None;
}

/** DTLS counts its versions downwards. */
function isHigher(version: number, than: number): boolean {
  if (than === 0) return true;
  return version >= 0xfe00 ? version < than : version > than;
}

function writeVersion(flow: FlowView, place: number, version: number): void {
  const known = VERSIONS.indexOf(version);
  if (known >= 0) return flow.out.text(place, VERSION_NAMES[known], 0, VERSION_NAMES[known].length);
  unknown[0] = version >>> 8;
  unknown[1] = version;
  flow.out.octets(place, unknown, 0, 2);
}

function sessionHash(octets: Uint8Array, from: number, to: number): number {
  let sum = 0x811c9dc5;
  for (let p = from; p < to; p++) sum = Math.imul(sum ^ octets[p], 0x01000193);
  return sum;
}
