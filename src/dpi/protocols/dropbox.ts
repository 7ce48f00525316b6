import { ascii, find, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const HOST = ascii('{"host_int"');
const VERSION = ascii('{"version"');
const NAMESPACES = ascii('"namespaces"');

export const dropbox: Protocol = {
  name: 'dropbox',
  title: 'Dropbox LAN sync discovery',
  evidence: 'an object in braces with the host number and the namespaces',
  transports: Transport.Udp,
  ports: [17500],
  first: [0x7b],
  recognise(octets, from, to) {
    if (startsWith(octets, from, to, HOST)) return Verdict.Match;
    return startsWith(octets, from, to, VERSION) && find(octets, from, to, NAMESPACES) >= 0
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};
