import { ascii, indexOf, isDigit, mayStartWith } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

/** A peer says who it is: request 0, its name, version 17 with or without a minor one. */
const REQUEST = ascii('0 ');
const VERSION = ascii('17');
const LONGEST = 128;

export const tinc: Protocol = {
  name: 'tinc',
  title: 'tinc VPN, its connection between peers',
  evidence: 'a first line of 0, a name and version 17',
  transports: Transport.Tcp,
  ports: [655],
  first: [REQUEST[0]],
  elements: [{ name: 'peers', type: ElementType.Text, many: true }],

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, REQUEST)) return Verdict.NoMatch;
    const start = from + REQUEST.length;
    const end = Math.min(to, from + LONGEST);
    let p = start;
    while (p < end && isNameOctet(octets[p])) p++;
    if (p === to) return to - from < LONGEST ? Verdict.NeedMore : Verdict.NoMatch;
    if (p === start || octets[p] !== 0x20) return Verdict.NoMatch;
    if (!mayStartWith(octets, p + 1, to, VERSION)) return Verdict.NoMatch;
    const line = indexOf(octets, p, end, 0x0a);
    if (line < 0) return to - from < LONGEST ? Verdict.NeedMore : Verdict.NoMatch;
    const rest = p + 1 + VERSION.length;
    return rest === line || (octets[rest] === 0x2e && isDigit(octets[rest + 1])) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const start = from + REQUEST.length;
      if (!mayStartWith(octets, from, to, REQUEST)) return Extract.EndDirection;
      const space = indexOf(octets, start, Math.min(to, from + LONGEST), 0x20);
      if (space < 0) return to - from < LONGEST && !flow.isLast ? Extract.More : Extract.EndDirection;
      flow.out.text(0, octets, start, space);
      return Extract.EndDirection;
    },
  },
};

/** Letters, digits and the underscore. */
function isNameOctet(octet: number): boolean {
  const letter = octet | 0x20;
  return isDigit(octet) || (letter >= 0x61 && letter <= 0x7a) || octet === 0x5f;
}
