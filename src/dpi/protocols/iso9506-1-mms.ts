import { find, u16 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** TPKT and COTP, then the session (ISO 8327): connect or accept, or tokens and data in front of the presentation. */
const enum Layer {
  Version = 3,
  Data = 0xf0,
  Connect = 0x0d,
  Accept = 0x0e,
  Tokens = 0x01,
  /** User data of the presentation, and the context of MMS within. */
  UserData = 0x61,
}

/** The abstract syntax of MMS: 1.0.9506.2.1, as an object identifier. */
const SYNTAX = Uint8Array.of(0x06, 0x05, 0x28, 0xca, 0x22, 0x02, 0x01);
const MOST_PACKETS = 4;
const WINDOW = 1_024;

export const mms: Protocol = {
  name: 'iso9506-1-mms',
  title: 'Manufacturing Message Specification',
  evidence: 'a session over the ISO transport that asks for the syntax of MMS, or its messages within a session',
  transports: Transport.Tcp,
  ports: [102],
  first: [Layer.Version],
  least: 7,

  recognise(octets, from, to, flow) {
    let p = from;
    for (let n = 0; n < MOST_PACKETS && p + 7 <= to; n++) {
      const length = u16(octets, p + 2);
      if (octets[p] !== Layer.Version || octets[p + 1] !== 0 || length < 7) return Verdict.NoMatch;
      const kind = octets[p + 5] & 0xf0;
      if (kind === Layer.Data) return recogniseSession(octets, p, Math.min(to, p + length), length, flow);
      if (kind !== 0xe0 && kind !== 0xd0) return Verdict.NoMatch;
      p += length;
    }
    return Verdict.NeedMore;
  },
};

function recogniseSession(octets: Uint8Array, p: number, to: number, length: number, flow: FlowView): Verdict {
  const session = p + 7;
  const isCut = to - p < Math.min(length, WINDOW);
  if (to - session < 12) return isCut && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  if (octets[session] === Layer.Connect || octets[session] === Layer.Accept) {
    if (find(octets, session, Math.min(to, session + WINDOW), SYNTAX) >= 0) return Verdict.Match;
    return isCut && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  }
  // Give tokens, data transfer, both empty; then user data in context 3: a message of MMS from 0xa0 on.
  if (octets[session] !== Layer.Tokens || u16(octets, session) !== 0x0100 || u16(octets, session + 2) !== 0x0100)
    return Verdict.NoMatch;
  const wide = octets[session + 5] === 0x81 ? 1 : octets[session + 5] === 0x82 ? 2 : 0;
  return octets[session + 4] === Layer.UserData && octets[session + 6 + wide] === 0x30
    ? Verdict.Likely
    : Verdict.NoMatch;
}
