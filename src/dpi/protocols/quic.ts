import { octetsThat, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { hasInitialKeys, plain, removeProtection } from '../quic-keys.js';
import {
  Carrier,
  Hello,
  HELLO_ELEMENTS,
  HELLO_WORDS,
  HelloFlag,
  messageOctets,
  Offered,
  readClientHello,
  readServerHello,
} from '../tls-hello.js';

const enum Place {
  Version = Hello.Count,
}

const enum Memory {
  Flags = 0,
  /** The client's first Destination Connection ID: length, and five words of octets. */
  IdLength = HELLO_WORDS,
  Id = HELLO_WORDS + 1,
  Initials = HELLO_WORDS + 6,
  Words = HELLO_WORDS + 7,
}

const enum Header {
  Long = 0x80,
  Fixed = 0x40,
  /** Version, then the connection ids. */
  Version = 1,
  IdLength = 5,
  LongestId = 20,
  /** A client's first datagram has 1,200 octets at least (RFC 9000 §14.1). */
  LeastDatagram = 1_200,
  LeastGoogle = 20,
  Negotiation = 0,
}

/** The CRYPTO stream of each side in the scratch: octets, then a bit for each that is there. */
const enum Crypto {
  Octets = 8_192,
  Map = Octets / 8,
  Side = Octets + Map,
}

const enum Frame {
  Padding = 0,
  Ping = 1,
  Ack = 2,
  AckEcn = 3,
  Crypto = 6,
  /** The same in Google's versions with TLS. */
  GoogleCrypto = 8,
}

const enum Refined {
  Doq = 0,
}

const MOST_INITIALS = 8;
const MOST_FRAMES = 256;
const MOST_HELLOS = 2;

const LIKELY_VERSIONS = Int32Array.of(1, 0xff00_001d);

export const quic: Protocol = {
  name: 'quic',
  title: 'QUIC, versions 1 and 2 and drafts; Google QUIC',
  evidence: 'a long header with a known version and connection ids that fit, or Google QUIC with its version tag',
  transports: Transport.Udp,
  ports: [443, 784, 853, 8853],
  first: octetsThat((octet) => octet >= 0x80 || (octet & 0xc3) === 1),
  least: 7,
  refines: ['doq'],
  elements: [...HELLO_ELEMENTS, { name: 'quicVersion', type: ElementType.Unsigned }],

  recognise(octets, from, to, flow) {
    return octets[from] & Header.Long ? recogniseLong(octets, from, to, flow) : recogniseGoogle(octets, from, to);
  },

  extractor: {
    words: Memory.Words,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if ((octets[from] & Header.Long) === 0) return Extract.End;
      // Packets may share a datagram; each Initial is followed by others of its size.
      for (let p = from, n = 0; p + 7 <= to && n < 4 && octets[p] & Header.Long; n++) {
        p = readPacket(octets, p, to, flow);
        if (p < 0) break;
      }
      const flags = words[memory + Memory.Flags];
      const isComplete = (flags & HelloFlag.Client) !== 0 && (flags & HelloFlag.Server) !== 0;
      return isComplete || ++words[memory + Memory.Initials] >= MOST_INITIALS ? Extract.End : 1;
    },
  },
};

function recogniseLong(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const version = u32(octets, from + Header.Version);
  // Versions up to draft 21 have both lengths in one octet.
  if (isGoogle(version) && flow.wireOctets >= Header.LeastGoogle) return Verdict.Match;
  const idLength = octets[from + Header.IdLength];
  const source = from + Header.IdLength + 1 + idLength;
  if (idLength > Header.LongestId || source >= to || octets[source] > Header.LongestId) return Verdict.NoMatch;
  const rest = source + 1 + octets[source];
  if (version === Header.Negotiation) {
    const isList = rest < to && (to - rest) % 4 === 0 && idLength + octets[source] > 0;
    for (let p = rest; isList && p + 4 <= to; p += 4) if (isKnown(u32(octets, p))) return Verdict.Match;
    return Verdict.NoMatch;
  }
  if ((octets[from] & Header.Fixed) === 0 && version >>> 24 === 0) return Verdict.NoMatch;
  if (isKnown(version)) return rest <= to ? Verdict.Match : Verdict.NoMatch;
  return isReserved(version) && flow.wireOctets >= Header.LeastDatagram ? Verdict.Match : Verdict.NoMatch;
}

function isKnown(version: number): boolean {
  if (hasInitialKeys(version) || (version >>> 8 === 0xff_0000 && (version & 0xff) <= 40)) return true;
  // Google's: Q0nn and T0nn. Facebook's: faceb00x.
  return isGoogle(version) || version >>> 4 === 0xfac_eb00;
}

/** Reserved versions force a negotiation (RFC 9000 §15). */
function isReserved(version: number): boolean {
  return (version & 0x0f0f_0f0f) === 0x0a0a_0a0a;
}

function isGoogle(version: number): boolean {
  const letter = version >>> 24;
  const tens = (version >>> 8) & 0xff;
  const ones = version & 0xff;
  if (((version >>> 16) & 0xff) !== 0x30 || tens < 0x30 || tens > 0x39 || ones < 0x30 || ones > 0x39) return false;
  return letter === 0x51 || letter === 0x54;
}

/** Public header of Google QUIC up to Q043: flags, connection id, version. */
function recogniseGoogle(octets: Uint8Array, from: number, to: number): Verdict {
  const flags = octets[from];
  if ((flags & 0x01) === 0 || (flags & 0xc2) !== 0) return Verdict.NoMatch;
  const version = from + 1 + (flags & 0x08 ? 8 : 0);
  return version + 4 <= to && isGoogle(u32(octets, version)) ? Verdict.Match : Verdict.NoMatch;
}

// The variable-length integer last read, and what follows it.
let value = 0;

/** Reads a variable-length integer (RFC 9000 §16) into `value`; answers where it ends, beyond `to` when it is cut. */
function integer(octets: Uint8Array, p: number, to: number): number {
  if (p >= to) return to + 1;
  const length = 1 << (octets[p] >>> 6);
  if (p + length > to) return to + 1;
  value = octets[p] & 0x3f;
  for (let n = 1; n < length; n++) value = value * 256 + octets[p + n];
  return p + length;
}

/** Reads the packet at `p`; answers where the next begins, -1 when it does not matter. */
function readPacket(octets: Uint8Array, p: number, to: number, flow: FlowView): number {
  const { words, memory } = flow;
  const version = u32(octets, p + Header.Version);
  const id = p + Header.IdLength + 1;
  const idLength = octets[id - 1];
  const source = id + idLength;
  if (idLength > Header.LongestId || source >= to) return -1;
  let at = source + 1 + octets[source];
  const type = (octets[p] >>> 4) & 3;
  const isInitial = version === 0x6b33_43cf || version === 0x709a_50c4 ? type === 1 : type === 0;
  if (version === Header.Negotiation) return -1;
  if (isInitial) {
    at = integer(octets, at, to);
    if (at > to) return -1;
    at += value;
  }
  at = integer(octets, at, to);
  if (at > to) return -1;
  const end = at + value;
  if (!isInitial) return end;
  const isServer = flow.direction === 1;
  // From whoever sent the first Initial come those of the client.
  if (!isServer && words[memory + Memory.IdLength] === 0) {
    keepId(octets, id, idLength, flow);
    flow.out.unsigned(Place.Version, version);
  }
  const last = Math.min(to, end);
  const isPlain = isReserved(version)
    ? readReserved(octets, id, idLength, p, at, last, flow)
    : readInitial(version, octets, id, idLength, p, at, last, flow);
  // Initials that have other keys than they should will not have better ones.
  if (!isPlain) words[memory + Memory.Initials] += MOST_INITIALS / 2;
  return end;
}

/** Packets of a reserved version have the keys of the one that the client would have liked: the latest, or a draft. */
function readReserved(
  octets: Uint8Array,
  id: number,
  idLength: number,
  header: number,
  number: number,
  end: number,
  flow: FlowView,
): boolean {
  for (let n = 0; n < LIKELY_VERSIONS.length; n++) {
    const length = removeProtection(LIKELY_VERSIONS[n], false, octets, id, idLength, octets, header, number, end);
    if (length > 0 && readFrames(length, flow, false)) return true;
  }
  return false;
}

/** Reads the Initial packet whose number stands at `number`; false when it has other keys. */
function readInitial(
  version: number,
  octets: Uint8Array,
  id: number,
  idLength: number,
  header: number,
  number: number,
  end: number,
  flow: FlowView,
): boolean {
  const { words, memory } = flow;
  const isServer = flow.direction === 1;
  const firstLength = words[memory + Memory.IdLength] - 1;
  // The client's first packet was not seen.
  if (firstLength < 0) return false;
  let isSame = firstLength === idLength;
  for (let n = 0; n < firstLength; n++) {
    firstId[n] = words[memory + Memory.Id + (n >>> 2)] >>> (8 * (n & 3));
    if (n < idLength && firstId[n] !== octets[id + n]) isSame = false;
  }
  let length = removeProtection(version, isServer, firstId, 0, firstLength, octets, header, number, end);
  if (length > 0 && readFrames(length, flow, isServer)) return true;
  if (isServer || isSame) return false;
  // After a Retry or a negotiation of the version the keys follow from the id that the client uses now.
  length = removeProtection(version, false, octets, id, idLength, octets, header, number, end);
  if (length <= 0 || !readFrames(length, flow, false)) return false;
  keepId(octets, id, idLength, flow);
  return true;
}

function keepId(octets: Uint8Array, id: number, length: number, flow: FlowView): void {
  const { words, memory } = flow;
  words[memory + Memory.IdLength] = length + 1;
  for (let n = 0; n < Header.LongestId; n += 4) words[memory + Memory.Id + (n >>> 2)] = 0;
  for (let n = 0; n < length; n++) words[memory + Memory.Id + (n >>> 2)] |= octets[id + n] << (8 * (n & 3));
}

const firstId = new Uint8Array(Header.LongestId);

/** Reads the frames in `plain`; false when they make no sense. */
function readFrames(length: number, flow: FlowView, isServer: boolean): boolean {
  for (let p = 0, n = 0; p < length && n < MOST_FRAMES;) {
    const type = plain[p++];
    if (type === Frame.Padding || type === Frame.Ping) continue;
    n++;
    if (type === Frame.Ack || type === Frame.AckEcn) {
      p = integer(plain, integer(plain, p, length), length);
      p = integer(plain, p, length);
      const ranges = value;
      p = integer(plain, p, length);
      for (let r = 0; r < 2 * ranges && r < MOST_FRAMES && p < length; r++) p = integer(plain, p, length);
      for (let r = 0; r < 3 && type === Frame.AckEcn; r++) p = integer(plain, p, length);
      continue;
    }
    if (type !== Frame.Crypto && type !== Frame.GoogleCrypto) return n > 1;
    p = integer(plain, p, length);
    const offset = value;
    p = integer(plain, p, length);
    if (p > length) return true;
    const octets = Math.min(value, length - p);
    if (offset + octets > Crypto.Octets) return n > 1;
    if (!keepCrypto(p, offset, octets, flow, isServer)) return true;
    p += octets;
  }
  return true;
}

/** Puts octets of the CRYPTO stream in their place, and reads the hello when it is whole. */
function keepCrypto(from: number, offset: number, octets: number, flow: FlowView, isServer: boolean): boolean {
  if (!flow.scratch(isServer ? 2 * Crypto.Side : Crypto.Side)) return false;
  const { scratchOctets } = flow;
  const start = flow.scratchAt + (isServer ? Crypto.Side : 0);
  const map = start + Crypto.Octets;
  for (let n = 0; n < octets; n++) {
    scratchOctets[start + offset + n] = plain[from + n];
    scratchOctets[map + ((offset + n) >>> 3)] |= 1 << ((offset + n) & 7);
  }
  let whole = 0;
  while (whole < Crypto.Octets && scratchOctets[map + (whole >>> 3)] & (1 << (whole & 7))) whole++;
  // A HelloRetryRequest may stand in front of the ServerHello.
  for (let p = start, n = 0; p + 4 <= start + whole && n < MOST_HELLOS; n++) {
    const next = p + messageOctets(scratchOctets, p);
    if (next > start + whole) break;
    if (scratchOctets[p] === 1) {
      const offered = readClientHello(scratchOctets, p + 4, next, flow, Carrier.Quic);
      if (offered === Offered.Doq) flow.refine(Refined.Doq, false);
    } else if (scratchOctets[p] === 2) readServerHello(scratchOctets, p + 4, next, flow);
    p = next;
  }
  return true;
}
