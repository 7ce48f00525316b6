import { isZero, u16le } from '../little-endian.js';
import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const enum Magic {
  First = 0x1724,
  Second = 0x1130,
}

/** Commands: identification, login, pings, their answers, data … */
const enum Command {
  First = 0x0a,
  Last = 0x4a,
}

export const teamviewer: Protocol = {
  name: 'teamviewer',
  title: 'TeamViewer',
  evidence: 'the magic octets with a known command and a length that fits',
  transports: Transport.Both,
  ports: [5938],
  first: [0x17, 0x11, 0x00],
  least: 5,
  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) {
      if (flow.wireOctets < 20 || to - from < 20) return Verdict.NoMatch;
      // A counter, and the magic octets at offset 11.
      const isMagic = octets[from] === 0 && u16(octets, from + 11) === Magic.First;
      return isMagic ? Verdict.Likely : Verdict.NoMatch;
    }
    const magic = u16(octets, from);
    const command = octets[from + 2];
    if (command < Command.First || command > Command.Last) return Verdict.NoMatch;
    if (magic === Magic.First) {
      if (octets[from + 3] === 0x20) return Verdict.Match;
      return to - from === 5 + u16le(octets, from + 3) || flow.isStart ? Verdict.Match : Verdict.Likely;
    }
    return magic === Magic.Second && to - from >= 24 && isZero(octets, from + 6, from + 8)
      ? Verdict.Likely
      : Verdict.NoMatch;
  },
};
