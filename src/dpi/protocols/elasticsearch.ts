import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Transport header: "ES", length, request (8), status, version (4). */
export const elasticsearch: Protocol = {
  name: 'elasticsearch',
  title: 'Elasticsearch transport',
  evidence: 'the letters ES, a length, a request number, a known status and a version, or a ping',
  transports: Transport.Tcp,
  ports: [9300],
  first: [0x45],
  least: 6,
  recognise(octets, from, to, flow) {
    if (octets[from + 1] !== 0x53) return Verdict.NoMatch;
    const length = u32(octets, from + 2);
    if (length === 0xffff_ffff) return Verdict.Match;
    if (length < 13 || length > 0x2000_0000) return Verdict.NoMatch;
    if (to - from < 19) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const isKnown = u16(octets, from + 6) === 0 && octets[from + 14] <= 0x0f && octets[from + 15] === 0;
    return isKnown && u32(octets, from + 15) >= 100_000 ? Verdict.Match : Verdict.NoMatch;
  },
};
