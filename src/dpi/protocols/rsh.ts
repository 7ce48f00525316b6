import { indexOf, isDigit, isText } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Texts that end in zero each: the port for errors, which may be empty, both user names, the command. */
const enum Bound {
  Port = 6,
  Name = 64,
  Command = 1_024,
}

export const rsh: Protocol = {
  name: 'rsh',
  title: 'Remote shell',
  evidence: 'a port in digits, two names and a command, each followed by zero',
  transports: Transport.Tcp,
  ports: [514],
  first: [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
  least: 3,

  recognise(octets, from, to) {
    const port = indexOf(octets, from, Math.min(to, from + Bound.Port), 0);
    for (let p = from; p < (port < 0 ? Math.min(to, from + Bound.Port) : port); p++)
      if (!isDigit(octets[p])) return Verdict.NoMatch;
    if (port < 0) return to - from < Bound.Port ? Verdict.NeedMore : Verdict.NoMatch;
    let p = port + 1;
    for (let n = 0; n < 3; n++) {
      const most = n < 2 ? Bound.Name : Bound.Command;
      const end = indexOf(octets, p, Math.min(to, p + most), 0);
      if (!isText(octets, p, end < 0 ? Math.min(to, p + most) : end)) return Verdict.NoMatch;
      if (end < 0) return to - p < most ? Verdict.NeedMore : Verdict.NoMatch;
      if (end === p) return Verdict.NoMatch;
      p = end + 1;
    }
    return Verdict.Match;
  },
};
