import { indexOf, isText } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Options = 0,
  TerminalType = 1,
}

/** RFC 854: commands behind the octet 255. */
const enum Telnet {
  Command = 0xff,
  SubnegotiationEnd = 0xf0,
  Subnegotiation = 0xfa,
  Will = 0xfb,
  Dont = 0xfe,
  TerminalType = 24,
  /** Highest number of an option that is registered in a row; beyond are 128 to 140 and 255. */
  LastOption = 49,
}
const MOST_OPTIONS = 48;
const WINDOW = 512;

export const telnet: Protocol = {
  name: 'telnet',
  title: 'Telnet',
  evidence: 'two negotiations of registered options in a row, or one and text',
  transports: Transport.Tcp,
  ports: [23],
  first: [Telnet.Command],
  least: 3,
  elements: [
    { name: 'options', type: ElementType.Octets, many: true, max: 2 },
    { name: 'terminalType', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    let p = from;
    for (let n = 0; n < 2; n++) {
      if (p + 3 > to) return incomplete(octets, p, to, n, flow);
      if (!isNegotiation(octets, p))
        return n === 1 && octets[p] < 0x7f && isText(octets, p, p + 1) ? Verdict.Match : Verdict.NoMatch;
      p += 3;
    }
    return Verdict.Match;
  },

  extractor: {
    words: 1,
    window: WINDOW,
    extract(octets, from, to, flow) {
      if (octets[from] !== Telnet.Command) {
        const next = indexOf(octets, from, to, Telnet.Command);
        return (next < 0 ? to : next) - from;
      }
      if (to - from < 3) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (++flow.words[flow.memory] > MOST_OPTIONS) return Extract.End;
      const command = octets[from + 1];
      if (command >= Telnet.Will && command <= Telnet.Dont) {
        flow.out.octets(Place.Options, octets, from + 1, from + 3);
        return 3;
      }
      if (command !== Telnet.Subnegotiation) return 2;
      const end = indexOf(octets, from + 2, to, Telnet.SubnegotiationEnd);
      if (end < 0) return to - from < WINDOW && !flow.isLast ? Extract.More : to - from;
      // IS (0), the name, IAC SE.
      if (octets[from + 2] === Telnet.TerminalType && end - from > 5 && octets[from + 3] === 0)
        flow.out.text(Place.TerminalType, octets, from + 4, end - 1);
      return end + 1 - from;
    },
  },
};

function isNegotiation(octets: Uint8Array, at: number): boolean {
  const command = octets[at + 1];
  const option = octets[at + 2];
  if (octets[at] !== Telnet.Command) return false;
  return (
    command >= Telnet.Subnegotiation &&
    command <= Telnet.Dont &&
    (option <= Telnet.LastOption || (option >= 128 && option <= 140))
  );
}

/** Fewer than three octets are left behind the first negotiation. */
function incomplete(octets: Uint8Array, at: number, to: number, count: number, flow: FlowView): Verdict {
  if (at < to && octets[at] !== Telnet.Command && !isText(octets, at, to)) return Verdict.NoMatch;
  if (!flow.isLast) return Verdict.NeedMore;
  return count === 1 ? Verdict.Likely : Verdict.NoMatch;
}
