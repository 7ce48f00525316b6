import { ascii, indexOf, isDigit, startsWithAnyCase } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

/** How a message in text begins, in full and short (RFC 3525 annex B.2): version, then who sends it. */
const LONG = ascii('MEGACO/');
const SHORT = ascii('!/');

export const megaco: Protocol = {
  name: 'megaco',
  title: 'Megaco (H.248) in text',
  evidence: 'MEGACO or ! with a version, and the sender in brackets',
  transports: Transport.Udp,
  ports: [2944, 2945],
  first: [LONG[0], LONG[0] | 0x20, SHORT[0]],
  least: 8,
  elements: [{ name: 'sender', type: ElementType.Text }],

  recognise: (octets, from, to) => (senderOf(octets, from, to) > 0 ? Verdict.Match : Verdict.NoMatch),

  extractor: {
    extract(octets, from, to, flow) {
      const sender = senderOf(octets, from, to);
      const close = indexOf(octets, sender, to, octets[sender] === 0x5b ? 0x5d : 0x3e);
      if (sender > 0 && close > 0) flow.out.text(0, octets, sender + 1, close);
      return Extract.End;
    },
  },
};

/** Where the bracket stands that the sender begins with: [ of an address, < of a name; -1 without. */
function senderOf(octets: Uint8Array, from: number, to: number): number {
  let p = from;
  if (startsWithAnyCase(octets, from, to, LONG)) p += LONG.length;
  else if (startsWithAnyCase(octets, from, to, SHORT)) p += SHORT.length;
  else return -1;
  if (p + 3 > to || !isDigit(octets[p])) return -1;
  p++;
  if (isDigit(octets[p])) p++;
  for (let n = 0; n < 4 && p < to && (octets[p] === 0x20 || octets[p] === 0x0d || octets[p] === 0x0a); n++) p++;
  return p < to && (octets[p] === 0x5b || octets[p] === 0x3c) ? p : -1;
}
