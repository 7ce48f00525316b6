import { ascii, startsWithAnyCase } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const BEACON = ascii('TIVOCONNECT=');

export const tivoConnect: Protocol = {
  name: 'tivoconnect',
  title: 'TiVo Connect, its beacons',
  evidence: 'the line that a beacon begins with',
  transports: Transport.Both,
  ports: [2190],
  first: [BEACON[0], BEACON[0] | 0x20],
  least: BEACON.length,
  recognise: (octets, from, to): Verdict =>
    startsWithAnyCase(octets, from, to, BEACON) ? Verdict.Match : Verdict.NoMatch,
};
