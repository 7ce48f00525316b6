import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { followRtp, looksLikeRtp, RTP_WORDS } from '../rtp-packet.js';
import { isDtls } from './dtls.js';

const enum Place {
  Methods = 0,
  UserNames = 1,
  Realm = 2,
  Software = 3,
  Mapped = 4,
  Mapped6 = 5,
  ErrorCode = 6,
}

/** RFC 8489 §5. */
const enum Header {
  Length = 2,
  Cookie = 4,
  Octets = 20,
  MagicCookie = 0x2112_a442,
}

const enum Attribute {
  Mapped = 0x0001,
  UserName = 0x0006,
  Error = 0x0009,
  Realm = 0x0014,
  XorMapped = 0x0020,
  Software = 0x8022,
  /** Of WhatsApp, in the range that is not assigned. */
  FirstWhatsApp = 0x4000,
  LastWhatsApp = 0x4007,
  /** Candidate, service quality and implementation version ([MS-ICE2] §2.2, [MS-TURN] §2.2.2). */
  MsCandidate = 0x8054,
  MsServiceQuality = 0x8055,
  MsImplementation = 0x8070,
}

const enum Refined {
  Dtls = 0,
  Rtp = 1,
  Teams = 2,
  WhatsApp = 3,
}

const enum Memory {
  Packets = 0,
  /** Methods that were written, bits. */
  Methods = 1,
  Written = 2,
  /** The program was recognised by its attributes. */
  Program = 3,
  Rtp = 4,
  Words = Rtp + 2 * RTP_WORDS,
}

const enum Bound {
  Attributes = 32,
  Packets = 200,
  /** Packets whose attributes are written. */
  Written = 24,
  /** How well RTP packets must have followed each other: two in a row, or three. */
  RtpPackets = 3,
}

export const stun: Protocol = {
  name: 'stun',
  title: 'STUN and TURN; ICE',
  evidence: 'a header with the magic cookie of RFC 8489 §5, or of RFC 3489 with attributes that fill the message',
  transports: Transport.Both,
  ports: [3478, 3479, 5349, 19302],
  first: [0, 1, 2, 3],
  refines: ['dtls', 'rtp', 'teams', 'whatsapp'],
  refinesLabels: true,
  elements: [
    { name: 'methods', type: ElementType.Unsigned, many: true },
    { name: 'userNames', type: ElementType.Text, many: true, max: 512 },
    { name: 'realm', type: ElementType.Text },
    { name: 'software', type: ElementType.Text },
    { name: 'mappedAddress', type: ElementType.Ipv4 },
    { name: 'mappedAddress6', type: ElementType.Ipv6 },
    { name: 'errorCodes', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return recogniseMessage(octets, from, to, flow.wireOctets);
    // With the length in front where ICE runs over TCP (RFC 6544 §5.1).
    const at =
      octets[from] === 0 && to - from > 2 && octets[from + 2] < 2 && !hasCookie(octets, from, to) ? from + 2 : from;
    if (to - at < Header.Octets) return octets[from] < 4 ? Verdict.NeedMore : Verdict.NoMatch;
    return isMessage(octets, at, to) && hasCookie(octets, at, to) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: Memory.Words,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Tcp) return readStream(octets, from, to, flow);
      if (++flow.words[flow.memory + Memory.Packets] >= Bound.Packets) return Extract.End;
      if (isMessage(octets, from, to)) {
        write(octets, from, to, flow);
        return 1;
      }
      return refine(octets, from, to, flow);
    },
  },
};

function hasCookie(octets: Uint8Array, from: number, to: number): boolean {
  return from + 8 <= to && u32(octets, from + Header.Cookie) === Header.MagicCookie;
}

/** Whether type and length can be: first octets that DTLS and media do not have (RFC 7983 §7), whole words. */
function isMessage(octets: Uint8Array, from: number, to: number): boolean {
  return to - from >= Header.Octets && octets[from] < 4 && (octets[from + 3] & 3) === 0;
}

function recogniseMessage(octets: Uint8Array, from: number, to: number, wire: number): Verdict {
  if (!isMessage(octets, from, to)) return Verdict.NoMatch;
  const length = u16(octets, from + Header.Length);
  if (length + Header.Octets > wire) return Verdict.NoMatch;
  if (hasCookie(octets, from, to)) return Verdict.Match;
  // Without the cookie (RFC 3489): binding or shared secret, and attributes that fill the message.
  const type = u16(octets, from);
  const method = type & 0xfeef;
  if ((method !== 1 && method !== 2) || length + Header.Octets !== wire) return Verdict.NoMatch;
  if (length === 0) return type === method ? Verdict.Likely : Verdict.NoMatch;
  let p = from + Header.Octets;
  for (let n = 0; n < Bound.Attributes && p + 4 <= to; n++) {
    const attribute = u16(octets, p);
    if (attribute === 0 || (attribute > 0x0100 && attribute < 0x8000)) return Verdict.NoMatch;
    p += 4 + ((u16(octets, p + 2) + 3) & ~3);
  }
  return p - from === wire ? Verdict.Match : Verdict.NoMatch;
}

/** What follows the checks on the same ports: DTLS, or media whose keys came with the signalling. */
function refine(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  if (isDtls(octets, from, to, flow.wireOctets) && to - from > 13) {
    flow.handOver(Refined.Dtls, true);
    return 1;
  }
  if (!looksLikeRtp(octets, from, to)) return 1;
  const place = flow.memory + Memory.Rtp + RTP_WORDS * flow.direction;
  if (followRtp(octets, from, flow.words, place) < Bound.RtpPackets) return 1;
  // Those who know the checks call the flow by them.
  flow.refine(Refined.Rtp, false);
  return Extract.End;
}

/** TCP: messages one after the other; what is relayed between them ends the reading. */
function readStream(octets: Uint8Array, from: number, to: number, flow: FlowView): number {
  if (to - from < Header.Octets + 2) return flow.isLast ? Extract.EndDirection : Extract.More;
  const at = hasCookie(octets, from, to) ? from : from + 2;
  if (!isMessage(octets, at, to) || !hasCookie(octets, at, to)) return Extract.EndDirection;
  const end = at + Header.Octets + u16(octets, at + Header.Length);
  if (end > to && !flow.isLast) return Extract.More;
  if (++flow.words[flow.memory + Memory.Packets] >= Bound.Written || !flow.wantsMetadata) return Extract.End;
  write(octets, at, Math.min(to, end), flow);
  return end - from;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out, words, memory } = flow;
  if (words[memory + Memory.Written]++ >= Bound.Written) return;
  const type = u16(octets, from);
  const method = (type & 0x0f) | ((type & 0xe0) >>> 1);
  const bit = 1 << (method & 31);
  if ((words[memory + Memory.Methods] & bit) === 0) {
    words[memory + Memory.Methods] |= bit;
    out.unsigned(Place.Methods, method);
  }
  for (let p = from + Header.Octets, n = 0; p + 4 <= to && n < Bound.Attributes; n++) {
    const body = p + 4;
    const end = body + u16(octets, p + 2);
    if (end > to) return;
    refineByAttribute(u16(octets, p), flow);
    writeAttribute(octets, u16(octets, p), body, end, flow);
    p = body + ((end - body + 3) & ~3);
  }
}

/** Some programs have attributes of their own. */
function refineByAttribute(type: number, flow: FlowView): void {
  const isTeams =
    type === Attribute.MsCandidate || type === Attribute.MsServiceQuality || type === Attribute.MsImplementation;
  const isWhatsApp = type >= Attribute.FirstWhatsApp && type <= Attribute.LastWhatsApp;
  const { words, memory } = flow;
  if ((!isTeams && !isWhatsApp) || words[memory + Memory.Program] !== 0) return;
  words[memory + Memory.Program] = 1;
  flow.refine(isTeams ? Refined.Teams : Refined.WhatsApp, false);
}

function writeAttribute(octets: Uint8Array, type: number, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  switch (type) {
    case Attribute.UserName:
      out.text(Place.UserNames, octets, from, to);
      break;
    case Attribute.Realm:
      out.text(Place.Realm, octets, from, to);
      break;
    case Attribute.Software:
      out.text(Place.Software, octets, from, to);
      break;
    case Attribute.Error:
      if (to - from >= 4) out.unsigned(Place.ErrorCode, 100 * (octets[from + 2] & 7) + octets[from + 3]);
      break;
    case Attribute.Mapped:
      writeAddress(octets, from, to, 0, flow);
      break;
    case Attribute.XorMapped:
      writeAddress(octets, from, to, Header.MagicCookie, flow);
      break;
  }
}

const address = new Uint8Array(4);

/** Writes an address as it is without the mask; IPv6 only where there is none. */
function writeAddress(octets: Uint8Array, from: number, to: number, mask: number, flow: FlowView): void {
  if (to - from === 8 && octets[from + 1] === 1) {
    for (let n = 0; n < 4; n++) address[n] = octets[from + 4 + n] ^ (mask >>> (24 - 8 * n));
    flow.out.ipv4(Place.Mapped, address, 0);
  } else if (to - from === 20 && octets[from + 1] === 2 && mask === 0) flow.out.ipv6(Place.Mapped6, octets, from + 4);
}
