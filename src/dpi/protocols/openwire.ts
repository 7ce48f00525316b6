import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The first message of both ends: length, kind 1, magic, version. */
const MAGIC = ascii('\x01ActiveMQ');
const LENGTH_OCTETS = 4;

export const openwire: Protocol = {
  name: 'openwire',
  title: 'OpenWire of ActiveMQ',
  evidence: 'the message about the wire format that a connection begins with',
  transports: Transport.Tcp,
  ports: [61616],
  first: [0],
  least: LENGTH_OCTETS + MAGIC.length,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from + LENGTH_OCTETS, to, MAGIC) ? Verdict.Match : Verdict.NoMatch,
};
