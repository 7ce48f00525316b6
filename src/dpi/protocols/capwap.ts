import { u16, u24, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Types = 0,
  Encrypted = 1,
}

/** RFC 5415 §4.1 to §4.5. */
const enum Capwap {
  /** Header: length in words of four octets in five bits, radio in five, binding in five, flags. */
  LeastHeader = 8,
  MostHeader = 64,
  Dtls = 1,
  FirstRecord = 20,
  LastRecord = 23,
  /** Type, sequence, length, flags. */
  ControlOctets = 8,
  LastType = 26,
  /** Messages of IEEE 802.11 (RFC 5416): the enterprise's number in front of the type. */
  Enterprise80211 = 13_277,
  Ieee80211 = 1,
}

export const capwap: Protocol = {
  name: 'capwap',
  title: 'Control And Provisioning of Wireless Access Points, its DTLS too',
  evidence: 'a header of RFC 5415 with a control message whose length fits, or with a DTLS record',
  transports: Transport.Udp,
  ports: [5246, 5247],
  first: [0, Capwap.Dtls],
  least: Capwap.LeastHeader,
  elements: [
    { name: 'types', type: ElementType.Unsigned, many: true },
    { name: 'encrypted', type: ElementType.Flag },
  ],

  recognise(octets, from, to, flow) {
    const end = from + flow.wireOctets;
    if (octets[from] === Capwap.Dtls) {
      if (u24(octets, from + 1) !== 0 || to - from < 17) return Verdict.NoMatch;
      const type = octets[from + 4];
      const isRecord = type >= Capwap.FirstRecord && type <= Capwap.LastRecord && octets[from + 5] === 0xfe;
      return isRecord && from + 17 + u16(octets, from + 15) <= end ? Verdict.Match : Verdict.NoMatch;
    }
    const header = (octets[from + 1] >>> 3) * 4;
    const binding = (octets[from + 2] >>> 1) & 0x1f;
    if (header < Capwap.LeastHeader || header > Capwap.MostHeader || binding > 3) return Verdict.NoMatch;
    // No flag that is reserved; a fragment's place is a multiple of eight.
    if ((octets[from + 3] & 0x07) !== 0 || (octets[from + 7] & 0x07) !== 0) return Verdict.NoMatch;
    const isFragment = (octets[from + 3] & 0x80) !== 0;
    const at = from + header;
    if (isFragment || at + Capwap.ControlOctets > to) return Verdict.NoMatch;
    if (isType(u32(octets, at)) && octets[at + 7] === 0 && messageFits(u16(octets, at + 5), end - at))
      return Verdict.Match;
    return isData(octets, from, at, to, header) ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (++flow.words[flow.memory] > 24) return Extract.End;
      if (octets[from] === Capwap.Dtls) {
        flow.out.flag(Place.Encrypted, true);
        return Extract.End;
      }
      const at = from + (octets[from + 1] >>> 3) * 4;
      if (at + Capwap.ControlOctets <= to && isType(u32(octets, at))) flow.out.unsigned(Place.Types, u32(octets, at));
      return 1;
    },
  },
};

function isType(type: number): boolean {
  if (type >= 1 && type <= Capwap.LastType) return true;
  const local = type - Capwap.Enterprise80211 * 256;
  return local >= 1 && local <= 2;
}

/** The length counts from behind the sequence number on; early implementations count the field itself. */
function messageFits(length: number, rest: number): boolean {
  const elements = length - 3;
  return elements >= 0 && elements <= rest - Capwap.ControlOctets && rest - Capwap.ControlOctets - elements <= 4;
}

/**
 * A frame of IEEE 802.11 with what the radio says of it, four octets behind their length (some write the number of the
 * radio in front), or with the radio's address of six; or a keep-alive with its session.
 */
function isData(octets: Uint8Array, from: number, at: number, to: number, header: number): boolean {
  const flags = octets[from + 3];
  const binding = (octets[from + 2] >>> 1) & 0x1f;
  // K: a length, then the element of the session, 35 with 16 octets.
  if (flags & 0x08) return u16(octets, at + 2) === 35 && u16(octets, at + 4) === 16;
  if ((octets[from + 2] & 1) === 0 || binding !== Capwap.Ieee80211 || header < 16 || to - at < 24) return false;
  if (flags & 0x10) return octets[from + 8] === 6;
  return (flags & 0x20) !== 0 && (octets[from + 8] === 4 || octets[from + 9] === 4);
}
