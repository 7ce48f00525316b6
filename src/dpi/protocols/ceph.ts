import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const FIRST = ascii('ceph v0');
const SECOND = ascii('ceph v2\n');

export const ceph: Protocol = {
  name: 'ceph',
  title: 'Ceph, its messengers',
  evidence: 'the banner that both ends begin with',
  transports: Transport.Tcp,
  ports: [6789, 3300],
  first: [FIRST[0]],
  least: SECOND.length,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from, to, FIRST) || startsWith(octets, from, to, SECOND) ? Verdict.Match : Verdict.NoMatch,
};
