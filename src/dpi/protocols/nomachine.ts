import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GREETINGS = ['NXSH-', 'NXD-', 'NXSERVER-', 'NXPROXY-'].map(ascii);

export const noMachine: Protocol = {
  name: 'nomachine',
  title: 'NoMachine NX',
  evidence: 'the version line that a client or a server begins with',
  transports: Transport.Tcp,
  ports: [4000],
  first: [0x4e],
  least: 9,

  recognise(octets, from, to) {
    for (const greeting of GREETINGS) if (startsWith(octets, from, to, greeting)) return Verdict.Match;
    return Verdict.NoMatch;
  },
};
