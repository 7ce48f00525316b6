import { DNS_ELEMENTS, DNS_WORDS, writeDns } from '../dns-message.js';
import { ascii, startsWithAnyCase, startsWith, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** What each answer begins with. */
const ANSWER = ascii('r6fnvWj8');
/** The first two labels of the name at which a resolver's certificate stands; 2 is the version. */
const CERTIFICATE = ascii('\x012\x0dDNSCRYPT-CERT');
const HEADER_OCTETS = 12;
const TXT = 16;
/** Place of the provider among the elements. */
const PROVIDER = DNS_ELEMENTS.length;

export const dnscrypt: Protocol = {
  name: 'dnscrypt',
  title: 'DNSCrypt version 2',
  evidence: 'the magic octets of an answer, or the question for a resolver certificate',
  transports: Transport.Both,
  ports: [],
  // The exchange of the certificate is one of DNS.
  elements: [...DNS_ELEMENTS, { name: 'provider', type: ElementType.Text }],

  recognise(octets, from, to, flow) {
    const isTcp = flow.transport === Transport.Tcp;
    const start = isTcp ? from + 2 : from;
    if (to - start < HEADER_OCTETS + CERTIFICATE.length) return isTcp ? Verdict.NeedMore : Verdict.NoMatch;
    if (startsWith(octets, start, to, ANSWER)) return Verdict.Match;
    const isQuestion =
      u16(octets, start + 4) === 1 && startsWithAnyCase(octets, start + HEADER_OCTETS, to, CERTIFICATE);
    if (!isQuestion) return Verdict.NoMatch;
    const end = nameEnd(octets, start + HEADER_OCTETS, to);
    if (end < 0 || end + 2 > to) return isTcp && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
    return u16(octets, end) === TXT ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: DNS_WORDS + 1,
    window: 4_096,
    extract(octets, from, to, flow) {
      const isTcp = flow.transport === Transport.Tcp;
      if (isTcp && to - from < 2) return Extract.More;
      const start = isTcp ? from + 2 : from;
      const stop = isTcp ? start + u16(octets, from) : to;
      if (stop > to && !flow.isLast) return Extract.More;
      const name = start + HEADER_OCTETS;
      if (!startsWithAnyCase(octets, name, to, CERTIFICATE)) return Extract.End;
      writeProvider(octets, name, Math.min(to, stop), flow);
      writeDns(octets, start, Math.min(to, stop), flow);
      return isTcp ? stop - from : 1;
    },
  },
};

/** The provider's name, once. */
function writeProvider(octets: Uint8Array, name: number, to: number, flow: FlowView): void {
  const isWritten = flow.memory + DNS_WORDS;
  if (flow.words[isWritten] !== 0) return;
  flow.words[isWritten] = 1;
  const end = nameEnd(octets, name, to);
  // The labels behind, with dots between them: two octets at least of each name are its own.
  const first = name + CERTIFICATE.length;
  if (end - 1 <= first) return;
  writeName(octets, first, end - 1);
  flow.out.text(PROVIDER, provider, 0, providerLength);
}

const provider = new Uint8Array(256);
let providerLength = 0;

/** Puts labels, each behind its length, together with dots. */
function writeName(octets: Uint8Array, from: number, to: number): void {
  providerLength = 0;
  for (let p = from, left = octets[from]; p < to && providerLength < provider.length; p++, left--) {
    if (p === from) {
      left++;
      continue;
    }
    if (left === 0) {
      provider[providerLength++] = 0x2e;
      left = octets[p] + 1;
    } else provider[providerLength++] = octets[p];
  }
}

/** Where a name without pointers ends; -1 when it does not. */
function nameEnd(octets: Uint8Array, from: number, to: number): number {
  for (let p = from, n = 0; p < to && n < 64; n++) {
    if (octets[p] === 0) return p + 1;
    if (octets[p] > 63) return -1;
    p += 1 + octets[p];
  }
  return -1;
}
