import { u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Types = 0,
  Sessions = 1,
  Encrypted = 2,
}

/** RFC 8907 §4.1. */
const enum Header {
  Octets = 12,
  Version0 = 0xc0,
  Version1 = 0xc1,
  LastType = 3,
  Sequence = 2,
  Flags = 3,
  Session = 4,
  Length = 8,
  Unencrypted = 1,
  SingleConnection = 4,
  LongestBody = 65_535,
}

export const tacacs: Protocol = {
  name: 'tacacs',
  title: 'TACACS+',
  evidence: 'a header of RFC 8907 whose type, sequence, flags and length can be, filled by the body',
  transports: Transport.Tcp,
  ports: [49],
  first: [Header.Version0, Header.Version1],
  least: 4,
  elements: [
    { name: 'types', type: ElementType.Unsigned, many: true },
    { name: 'sessions', type: ElementType.Unsigned, many: true },
    { name: 'encrypted', type: ElementType.Flag },
  ],

  recognise(octets, from, to, flow) {
    const type = octets[from + 1];
    const sequence = octets[from + Header.Sequence];
    if (type < 1 || type > Header.LastType || octets[from + Header.Sequence] >= 64) return Verdict.NoMatch;
    if (to - from < Header.Octets) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const length = u32(octets, from + Header.Length);
    const isGood =
      sequence > 0 &&
      (octets[from + Header.Flags] & ~(Header.Unencrypted | Header.SingleConnection)) === 0 &&
      length > 4 &&
      length < Header.LongestBody;
    if (!isGood) return Verdict.NoMatch;
    const end = from + Header.Octets + length;
    if (to < end) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return to === end || octets[end] === octets[from] ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (octets[from] >>> 1 !== Header.Version0 >>> 1) return Extract.EndDirection;
      const count = flow.words[flow.memory]++;
      if (count >= 32) return Extract.End;
      const { out } = flow;
      out.unsigned(Place.Types, octets[from + 1]);
      if (count === 0) {
        out.unsigned(Place.Sessions, u32(octets, from + Header.Session));
        out.flag(Place.Encrypted, (octets[from + Header.Flags] & Header.Unencrypted) === 0);
      }
      return Header.Octets + Math.min(Header.LongestBody, u32(octets, from + Header.Length));
    },
  },
};
