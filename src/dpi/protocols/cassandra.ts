import { ascii, find, u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Frame of the native protocol v3 and later: version, flags, stream (2), operation, length (4); v1 and v2: stream (1). */
const enum Operation {
  Startup = 1,
  Ready = 2,
  Authenticate = 3,
  Options = 5,
  Supported = 6,
}

/** Begins a connection between nodes. */
const NODES = 0xca55_2dfa;
const VERSION = ascii('CQL_VERSION');
const COMPRESSION = ascii('COMPRESSION');
const CLASS = ascii('org.apache.cassandra');

export const cassandra: Protocol = {
  name: 'cassandra',
  title: 'Apache Cassandra, native protocol',
  evidence: 'the opening: OPTIONS without a body, STARTUP or SUPPORTED with the version of CQL, AUTHENTICATE',
  transports: Transport.Tcp,
  ports: [9042],
  first: [1, 2, 3, 4, 5, 6, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0xca],
  least: 8,

  recognise(octets, from, to, flow) {
    if (octets[from] === 0xca) return u32(octets, from) === NODES ? Verdict.Match : Verdict.NoMatch;
    const isOld = (octets[from] & 0x7f) < 3;
    const at = from + (isOld ? 3 : 4);
    const end = at + 5;
    if (octets[from + 1] > 0x1f) return Verdict.NoMatch;
    if (to < end) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const length = u32(octets, at + 1);
    const isAnswer = octets[from] >= 0x80;
    const operation = octets[at];
    if (operation === Operation.Options && !isAnswer)
      return length === 0 && to === end && u16(octets, from + 2) < 0x8000 ? Verdict.Match : Verdict.NoMatch;
    if (length > 4_096) return Verdict.NoMatch;
    const isOpening =
      (!isAnswer && operation === Operation.Startup) ||
      (isAnswer && (operation === Operation.Supported || operation === Operation.Authenticate));
    if (!isOpening) {
      // READY has no body.
      return isAnswer && operation === Operation.Ready && length === 0 && octets[from + 1] === 0
        ? Verdict.Likely
        : Verdict.NoMatch;
    }
    const last = Math.min(to, end + length);
    if (find(octets, end, last, VERSION) >= 0 || find(octets, end, last, CLASS) >= 0) return Verdict.Match;
    if (find(octets, end, last, COMPRESSION) >= 0) return Verdict.Match;
    return to < end + length && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
