import { u32le } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const enum Mark {
  EDonkey = 0xe3,
  Emule = 0xc5,
  Packed = 0xd4,
}

const enum Operation {
  Hello = 0x01,
  Answer = 0x4c,
  Last = 0xa9,
}

const MOST_OCTETS = 0x20_0000;

export const edonkey: Protocol = {
  name: 'edonkey',
  title: 'eDonkey 2000 and eMule',
  evidence: 'a message with its mark, a length that fits and an operation; a greeting has the length of a user hash',
  transports: Transport.Tcp,
  ports: [4662, 4661],
  first: [Mark.EDonkey, Mark.Emule, Mark.Packed],
  least: 7,
  recognise(octets, from, to, flow) {
    const length = u32le(octets, from + 1);
    if (length < 2 || length > MOST_OCTETS) return Verdict.NoMatch;
    const operation = octets[from + 5];
    if (operation === 0 || operation > Operation.Last) return Verdict.NoMatch;
    const next = from + 5 + length;
    if (octets[from] === Mark.EDonkey && operation === Operation.Hello) {
      return octets[from + 6] === 16 || length > 40
        ? length < 1_024
          ? Verdict.Match
          : Verdict.NoMatch
        : Verdict.NoMatch;
    }
    if (next < to) {
      const mark = octets[next];
      return mark === Mark.EDonkey || mark === Mark.Emule || mark === Mark.Packed ? Verdict.Match : Verdict.NoMatch;
    }
    if (octets[from] === Mark.EDonkey && operation === Operation.Answer && length < 1_024) return Verdict.Match;
    if (next === to) return Verdict.Likely;
    return flow.isLast || length > 4_096 ? Verdict.NoMatch : Verdict.NeedMore;
  },
};
