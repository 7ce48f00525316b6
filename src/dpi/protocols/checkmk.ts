import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const SECTION = ascii('<<<check_mk>>>');

export const checkmk: Protocol = {
  name: 'checkmk',
  title: 'Checkmk agents',
  evidence: 'the section that an agent begins with',
  transports: Transport.Tcp,
  ports: [6556],
  first: [SECTION[0]],
  least: SECTION.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, SECTION) ? Verdict.Match : Verdict.NoMatch),
};
