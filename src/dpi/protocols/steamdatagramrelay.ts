import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const PING = ascii('\x01\x81sdping');

export const steamDatagramRelay: Protocol = {
  name: 'steamdatagramrelay',
  title: 'Steam Datagram Relay, its ping',
  evidence: 'the eight octets that a ping begins with',
  transports: Transport.Udp,
  ports: [],
  first: [PING[0]],
  least: PING.length,
  recognise: (octets, from, to): Verdict => (startsWith(octets, from, to, PING) ? Verdict.Match : Verdict.NoMatch),
};
