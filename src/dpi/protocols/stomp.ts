import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Frames that a connection begins with, and that stand in its middle. */
const COMMANDS = ['CONNECT', 'STOMP', 'CONNECTED', 'SEND', 'SUBSCRIBE', 'MESSAGE'].map(ascii);
const LONGEST_NAME = 40;

export const stomp: Protocol = {
  name: 'stomp',
  title: 'Simple Text Oriented Messaging Protocol',
  evidence: 'a command alone on its line, and a header with a colon on the next',
  transports: Transport.Tcp,
  ports: [61613],
  first: [0x43, 0x53, 0x4d],
  least: 12,

  recognise(octets, from, to) {
    for (const command of COMMANDS) {
      let p = from + command.length;
      if (!startsWith(octets, from, to, command)) continue;
      if (octets[p] === 0x0d) p++;
      if (octets[p] !== 0x0a) continue;
      return header(octets, p + 1, to);
    }
    return Verdict.NoMatch;
  },
};

/** Whether a name of small letters, digits and hyphens in front of a colon begins there. */
function header(octets: Uint8Array, from: number, to: number): Verdict {
  for (let p = from; p < to && p < from + LONGEST_NAME; p++) {
    const octet = octets[p];
    if (octet === 0x3a) return p > from ? Verdict.Match : Verdict.NoMatch;
    const isName = (octet >= 0x61 && octet <= 0x7a) || octet === 0x2d || (octet >= 0x30 && octet <= 0x39);
    if (!isName) return Verdict.NoMatch;
  }
  return to - from < LONGEST_NAME ? Verdict.NeedMore : Verdict.NoMatch;
}
