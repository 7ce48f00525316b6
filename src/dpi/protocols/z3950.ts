import { berContents, berEnd } from '../ber.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** InitializeRequest and its answer (ANSI Z39.50 §3.2.1): reference, version, options, preferred and largest sizes. */
const enum Tag {
  Request = 0xb4,
  Response = 0xb5,
  Reference = 0x82,
  Version = 0x83,
  Options = 0x84,
  PreferredSize = 0x85,
}

export const z3950: Protocol = {
  name: 'z3950',
  title: 'Z39.50, search in libraries',
  evidence: 'an initialization with version, options and sizes in their order',
  transports: Transport.Tcp,
  ports: [210],
  first: [Tag.Request, Tag.Response],
  least: 16,

  recognise(octets, from, to) {
    let p = berContents(octets, from, to);
    if (p >= 0 && p < to && octets[p] === Tag.Reference) p = berEnd(octets, p, to);
    for (let tag: number = Tag.Version; tag <= Tag.PreferredSize; tag++) {
      if (p < 0) return Verdict.NoMatch;
      if (p + 2 > to) return Verdict.NeedMore;
      if (octets[p] !== tag || octets[p + 1] > 8) return Verdict.NoMatch;
      p = berEnd(octets, p, to);
    }
    return Verdict.Match;
  },
};
