import { ascii, indexOf, mayStartWith, startsWith, u16 } from '../octets.js';
import { Extract, type Protocol, Transport, Verdict } from '../protocol.js';

/** A line, or a header in binary: signature, version and command, family, length of the addresses. */
const LINES = ['PROXY TCP4 ', 'PROXY TCP6 ', 'PROXY UNKNOWN'].map(ascii);
const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);

const enum Header {
  Length = 14,
  Octets = 16,
  LongestLine = 108,
}

export const haproxy: Protocol = {
  name: 'haproxy',
  title: 'PROXY protocol, versions 1 and 2, and what follows it',
  evidence: 'the line PROXY with a family, or the twelve octets of the signature',
  transports: Transport.Tcp,
  ports: [],
  first: [0x50, SIGNATURE[0]],
  refinesLabels: true,

  recognise(octets, from, to) {
    let answer = mayStartWith(octets, from, to, SIGNATURE) ? Verdict.NeedMore : Verdict.NoMatch;
    if (startsWith(octets, from, to, SIGNATURE)) return Verdict.Match;
    for (const line of LINES) {
      if (startsWith(octets, from, to, line)) return Verdict.Match;
      if (mayStartWith(octets, from, to, line)) answer = Verdict.NeedMore;
    }
    return answer;
  },

  extractor: {
    window: 2_048,
    extract(octets, from, to, flow) {
      // The server says nothing in front of what it answers.
      if (octets[from] !== SIGNATURE[0] && octets[from] !== 0x50) return Extract.More;
      if (octets[from] === SIGNATURE[0]) {
        if (to - from < Header.Octets) return flow.isLast ? Extract.End : Extract.More;
        flow.inspectAnew();
        return Header.Octets + u16(octets, from + Header.Length);
      }
      const line = indexOf(octets, from, Math.min(to, from + Header.LongestLine), 0x0a);
      if (line < 0) return flow.isLast || to - from >= Header.LongestLine ? Extract.End : Extract.More;
      flow.inspectAnew();
      return line + 1 - from;
    },
  },
};
