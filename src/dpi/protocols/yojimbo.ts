import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const VERSION = ascii('\0NETCODE 1.0');

/** A request for a connection: kind, version, protocol id, expiry, nonce, encrypted token. */
const REQUEST_OCTETS = 1_078;

export const yojimbo: Protocol = {
  name: 'yojimbo',
  title: 'netcode, the connections of yojimbo games',
  evidence: 'a request for a connection with its version and length',
  transports: Transport.Udp,
  ports: [],
  first: [0],
  least: VERSION.length,
  recognise: (octets, from, to, flow): Verdict =>
    startsWith(octets, from, to, VERSION) && flow.wireOctets >= REQUEST_OCTETS - 16 && flow.wireOctets <= REQUEST_OCTETS
      ? Verdict.Match
      : Verdict.NoMatch,
};
