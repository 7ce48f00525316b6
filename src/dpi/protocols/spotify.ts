import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const NAME = ascii('SpotUdp');

export const spotify: Protocol = {
  name: 'spotify',
  title: 'Spotify, discovery in the local network',
  evidence: 'the letters SpotUdp',
  transports: Transport.Udp,
  ports: [57621],
  first: [NAME[0]],
  least: NAME.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, NAME) ? Verdict.Match : Verdict.NoMatch),
};
