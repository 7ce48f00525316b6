import { ascii, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const CONNECTION = ascii('VS01');
const SESSION = ascii('VT01');

export const steam: Protocol = {
  name: 'steam',
  title: 'Steam: discovery in the local network, connections to its servers',
  evidence: 'the magic octets of remote play, or those of a connection',
  transports: Transport.Both,
  ports: [27036, 27017],
  // What VS01 and octets that are all set have in common.
  mark: { at: 0, mask: 0x5653_3031, value: 0x5653_3031 },
  least: 8,
  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp)
      return startsWith(octets, from + 4, to, SESSION) ? Verdict.Match : Verdict.NoMatch;
    if (startsWith(octets, from, to, CONNECTION)) return flow.wireOctets >= 36 ? Verdict.Match : Verdict.NoMatch;
    return u32(octets, from) === 0xffff_ffff && u32(octets, from + 4) === 0x214c_5fa0 ? Verdict.Match : Verdict.NoMatch;
  },
};
