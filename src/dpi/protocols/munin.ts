import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GREETING = ascii('# munin node at ');

export const munin: Protocol = {
  name: 'munin',
  title: 'Munin nodes',
  evidence: 'the line that a node begins with',
  transports: Transport.Tcp,
  ports: [4949],
  first: [GREETING[0]],
  least: GREETING.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, GREETING) ? Verdict.Match : Verdict.NoMatch),
};
