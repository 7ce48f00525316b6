import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const INIT = ascii('TS3INIT1');
const QUERY = ascii('TS3\n\r');

export const teamspeak: Protocol = {
  name: 'teamspeak',
  title: 'TeamSpeak 3',
  evidence: 'the authentication code of the first datagrams; over TCP the greeting for queries',
  transports: Transport.Both,
  ports: [9987, 10011],
  first: [INIT[0]],
  least: QUERY.length,
  recognise: (octets, from, to, flow): Verdict =>
    startsWith(octets, from, to, flow.transport === Transport.Udp ? INIT : QUERY) ? Verdict.Match : Verdict.NoMatch,
};
