import { isText, u16, u24 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Function = 1,
  Strings = 2,
  Language = 3,
}

/** RFC 2608 §8; version 1 (RFC 2165 §4): version, function, length (2), flags, dialect, language, encoding, XID. */
const enum Header {
  Function = 1,
  Length = 2,
  Flags = 5,
  LanguageLength = 12,
  Language = 14,
  Octets1 = 12,
  LongestLanguage = 16,
  LastFunction = 11,
}

/** Function of version 2 and which strings it holds: how many from where behind the language tag. */
const enum Function {
  Request = 1,
  Reply = 2,
  Registration = 3,
  AttributeRequest = 6,
  DaAdvertisement = 8,
  TypeRequest = 9,
  SaAdvertisement = 11,
}

const MOST_STRINGS = 5;

export const slp: Protocol = {
  name: 'slp',
  title: 'Service Location Protocol, versions 1 and 2',
  evidence: 'version, function, the length of the message, flags that are zero and a language tag (RFC 2608 §8)',
  transports: Transport.Both,
  ports: [427],
  first: [1, 2],
  elements: [
    { name: 'version', type: ElementType.Unsigned, ie: 'slpVersion' },
    { name: 'function', type: ElementType.Unsigned, ie: 'slpMessageType' },
    { name: 'strings', type: ElementType.Text, many: true, ie: 'slpString' },
    { name: 'language', type: ElementType.Text, max: 16 },
  ],

  recognise(octets, from, to, flow) {
    if (to - from < Header.Language) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
    const number = octets[from + Header.Function];
    if (number < 1 || number > Header.LastFunction) return Verdict.NoMatch;
    return octets[from] === 2 ? recogniseVersion2(octets, from, to, flow) : recogniseVersion1(octets, from, to, flow);
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      out.unsigned(Place.Version, octets[from]);
      out.unsigned(Place.Function, octets[from + Header.Function]);
      if (octets[from] !== 2) return Extract.End;
      const language = from + Header.Language;
      const body = language + u16(octets, from + Header.LanguageLength);
      if (body > to) return Extract.End;
      out.text(Place.Language, octets, language, body);
      writeStrings(octets, octets[from + Header.Function], body, to, flow);
      return Extract.End;
    },
  },
};

function recogniseVersion2(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u24(octets, from + Header.Length);
  const language = u16(octets, from + Header.LanguageLength);
  const isLength = flow.transport === Transport.Tcp ? length < 65_536 : length === flow.wireOctets;
  if (!isLength || length < Header.Language + language || language < 1 || language > Header.LongestLanguage)
    return Verdict.NoMatch;
  // Overflow, fresh, multicast; the rest is reserved.
  if (octets[from + Header.Flags] & 0x1f || octets[from + Header.Flags + 1] !== 0) return Verdict.NoMatch;
  const tag = from + Header.Language;
  return isText(octets, tag, Math.min(to, tag + language)) ? Verdict.Match : Verdict.NoMatch;
}

function recogniseVersion1(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u16(octets, from + Header.Length);
  const isLength = flow.transport === Transport.Tcp ? length === to - from : length === flow.wireOctets;
  // Flags end in three reserved bits; the dialect is 0; the language has two letters.
  const isGood =
    isLength &&
    length >= Header.Octets1 &&
    (octets[from + 4] & 7) === 0 &&
    octets[from + 5] === 0 &&
    isLetter(octets[from + 6]) &&
    isLetter(octets[from + 7]);
  return isGood ? Verdict.Match : Verdict.NoMatch;
}

function isLetter(octet: number): boolean {
  return (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a;
}

/** Writes the strings that a message of that function begins with, each behind its length. */
function writeStrings(octets: Uint8Array, number: number, from: number, to: number, flow: FlowView): void {
  let p = from;
  switch (number as Function) {
    case Function.Request:
    case Function.AttributeRequest:
    case Function.TypeRequest:
    case Function.SaAdvertisement:
      break;
    case Function.Reply:
      // Error, count, and of the first entry: reserved, lifetime.
      p += 7;
      break;
    case Function.Registration:
      p += 3;
      break;
    case Function.DaAdvertisement:
      p += 6;
      break;
    default:
      return;
  }
  const most = number === Function.Reply || number === Function.Registration ? 1 : MOST_STRINGS;
  for (let n = 0; n < most && p + 2 <= to; n++) {
    const end = p + 2 + u16(octets, p);
    if (end > to) return;
    if (end > p + 2) flow.out.text(Place.Strings, octets, p + 2, end);
    p = end;
  }
}
