import { contains } from '../lines.js';
import { ascii, indexOf, octetsThat } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** A question is one line (RFC 3912 §2); what registries write in their answers. */
const WORDS = ['WHOIS', 'DOMAIN NAME:', 'REFER:', 'NO MATCH', 'INETNUM:', 'NETRANGE:', 'DOMAIN:', 'AUT-NUM:'].map(
  ascii,
);
const LONGEST_QUESTION = 128;
const WINDOW = 1_024;

export const whois: Protocol = {
  name: 'whois',
  title: 'Whois and domain availability',
  evidence: 'one line of a client, and an answer with the words of a registry',
  transports: Transport.Tcp,
  ports: [43, 4343],
  first: octetsThat((octet) => octet === 0x0a || octet === 0x0d || (octet >= 0x20 && octet < 0x7f)),
  least: 4,

  recognise(octets, from, to, flow) {
    const { otherOctets, otherFrom, otherTo } = flow;
    if (isQuestion(octets, from, to)) {
      return otherTo > otherFrom ? answer(otherOctets, otherFrom, otherTo, flow) : Verdict.NeedMore;
    }
    if (to - from < LONGEST_QUESTION && isText(octets, from, to) && indexOf(octets, from, to, 0x0a) < 0)
      return Verdict.NeedMore;
    if (otherTo === otherFrom || !isQuestion(otherOctets, otherFrom, otherTo)) return Verdict.NoMatch;
    return answer(octets, from, to, flow);
  },
};

/** A line of a name, an address or a number, with options of the server in front. */
function isQuestion(octets: Uint8Array, from: number, to: number): boolean {
  if (to - from < 4 || to - from > LONGEST_QUESTION || octets[to - 1] !== 0x0a || octets[to - 2] !== 0x0d) return false;
  return isText(octets, from, to - 2);
}

function isText(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (octets[p] < 0x20 && octets[p] !== 0x0d) return false;
  return true;
}

function answer(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const end = Math.min(to, from + WINDOW);
  if (octets[from] === 0x25 && to - from > 1 && octets[from + 1] <= 0x25) return Verdict.Match;
  for (const word of WORDS) if (contains(octets, from, end, word)) return Verdict.Match;
  return to - from < WINDOW && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
}
