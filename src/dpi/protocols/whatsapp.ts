import { ascii, mayStartWith, u24 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** What a client begins with: its edge routing, or at once the name of the protocol with two octets of version. */
const ROUTING = ascii('ED\x00\x01');
const NAME = ascii('WA');
const HIGHEST_VERSION = 15;

export const whatsapp: Protocol = {
  name: 'whatsapp',
  title: 'WhatsApp, its own transport',
  evidence: 'WA with a version and the length of a message, or ED 0 1 and a length in front of it',
  transports: Transport.Tcp,
  ports: [5222],
  first: [ROUTING[0], NAME[0]],

  recognise(octets, from, to) {
    if (mayStartWith(octets, from, to, ROUTING)) {
      if (to - from < ROUTING.length + 3) return Verdict.NeedMore;
      const length = u24(octets, from + ROUTING.length);
      return length > 0 && length < 256 ? Verdict.Match : Verdict.NoMatch;
    }
    if (!mayStartWith(octets, from, to, NAME)) return Verdict.NoMatch;
    if (to - from < NAME.length + 5) return Verdict.NeedMore;
    const isVersion = octets[from + 2] <= HIGHEST_VERSION && octets[from + 3] <= HIGHEST_VERSION;
    const length = u24(octets, from + 4);
    return isVersion && length > 0 && length < 65_536 ? Verdict.Match : Verdict.NoMatch;
  },
};
