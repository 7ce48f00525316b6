import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GREETING = ascii('*KISMET: ');

export const kismet: Protocol = {
  name: 'kismet',
  title: 'Kismet, its server protocol',
  evidence: 'the line that a server begins with',
  transports: Transport.Tcp,
  ports: [2501],
  first: [GREETING[0]],
  least: GREETING.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, GREETING) ? Verdict.Match : Verdict.NoMatch),
};
