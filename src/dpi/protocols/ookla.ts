import { ascii, indexOf, isDigit, isText, lineEnd, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const HELLO = ascii('HELLO ');
const HI = ascii('HI ');
const LONGEST = 128;
/** HI and an identifier of 36 characters with hyphens behind 8, 13, 18 and 23. */
const HI_OCTETS = 40;

export const ookla: Protocol = {
  name: 'ookla',
  title: 'Ookla Speedtest',
  evidence: 'the line in which the server says its version and date, or the client its identifier',
  transports: Transport.Tcp,
  ports: [8080],
  first: [HELLO[0]],
  least: HELLO.length + 2,

  recognise(octets, from, to) {
    if (!startsWith(octets, from, to, HELLO) && !startsWith(octets, from, to, HI)) return Verdict.NoMatch;
    const line = indexOf(octets, from, Math.min(to, from + LONGEST), 0x0a);
    if (line < 0) return to - from < LONGEST ? Verdict.NeedMore : Verdict.NoMatch;
    const end = lineEnd(octets, from, line);
    if (!isText(octets, from, end)) return Verdict.NoMatch;
    if (startsWith(octets, from, to, HI)) {
      const id = from + HI.length;
      const isId = end + 1 - from === HI_OCTETS && octets[id + 8] === 0x2d && octets[id + 13] === 0x2d;
      return isId && octets[id + 18] === 0x2d ? Verdict.Match : Verdict.NoMatch;
    }
    const version = from + HELLO.length;
    // The date stands at the end, or in front of the build.
    const isVersion = isDigit(octets[version]) && octets[version + 1] === 0x2e && isDigit(octets[version + 2]);
    return isVersion && end - from > 20 ? Verdict.Match : Verdict.NoMatch;
  },
};
