import { isDigit } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A command: start of heading, a letter, three characters of function and two digits of tank; an answer repeats it. */
const enum Command {
  Start = 0x01,
  Octets = 7,
  End = 0x03,
}

export const atg: Protocol = {
  name: 'atg',
  title: 'Automatic tank gauges (Veeder-Root)',
  evidence: 'a start of heading, I or S with five digits, and the end of a line or of a text',
  transports: Transport.Tcp,
  ports: [10001],
  first: [Command.Start],
  least: Command.Octets + 1,

  recognise(octets, from) {
    const letter = octets[from + 1] & 0xdf;
    if (letter !== 0x49 && letter !== 0x53) return Verdict.NoMatch;
    for (let p = from + 2; p < from + Command.Octets; p++) {
      const isHex = (octets[p] & 0xdf) >= 0x41 && (octets[p] & 0xdf) <= 0x46;
      if (!isDigit(octets[p]) && !isHex) return Verdict.NoMatch;
    }
    const next = octets[from + Command.Octets];
    return next === 0x0d || next === 0x0a || next === Command.End ? Verdict.Match : Verdict.NoMatch;
  },
};
