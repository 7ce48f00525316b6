import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header: version, kind, length, transaction. Both ends begin with a hello, which may list versions. */
const enum Header {
  Length = 2,
  Octets = 8,
  Hello = 0,
  LastVersion = 6,
  LastKind = 35,
  LongestHello = 32,
}

export const openflow: Protocol = {
  name: 'openflow',
  title: 'OpenFlow',
  evidence: 'a hello with its length, alone or with a list of versions',
  transports: Transport.Tcp,
  ports: [6653, 6633],
  first: [1, 2, 3, 4, 5, 6],
  least: Header.Octets,

  recognise(octets, from, to) {
    const length = u16(octets, from + Header.Length);
    if (octets[from + 1] !== Header.Hello || length < Header.Octets || length > Header.LongestHello || length & 7)
      return Verdict.NoMatch;
    if (length === Header.Octets) return isNext(octets, from, from + length, to);
    if (to - from < Header.Octets + 4) return Verdict.NeedMore;
    // The list of versions is the only element there is.
    return u16(octets, from + Header.Octets) === 1 && u16(octets, from + Header.Octets + 2) <= length - Header.Octets
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};

/** Whether what follows the hello is nothing or another message. */
function isNext(octets: Uint8Array, from: number, next: number, to: number): Verdict {
  if (next === to) return u32(octets, from + 4) === 0 ? Verdict.NeedMore : Verdict.Match;
  if (next + 4 > to) return octets[next] <= Header.LastVersion ? Verdict.NeedMore : Verdict.NoMatch;
  const isMessage = octets[next] >= 1 && octets[next] <= Header.LastVersion && octets[next + 1] <= Header.LastKind;
  return isMessage && u16(octets, next + Header.Length) >= Header.Octets ? Verdict.Match : Verdict.NoMatch;
}
