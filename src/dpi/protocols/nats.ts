import { ascii, mayStartWith, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const LINES: readonly Uint8Array[] = [
  ascii('INFO {"'),
  ascii('INFO  {"'),
  ascii('CONNECT {"'),
  ascii("-ERR 'Unknown Protocol"),
];

export const nats: Protocol = {
  name: 'nats',
  title: 'NATS',
  evidence: 'INFO of the server or CONNECT of the client, each with an object in braces',
  transports: Transport.Tcp,
  ports: [4222],
  first: [0x49, 0x43, 0x2d],
  recognise(octets, from, to) {
    let mayBe = false;
    for (const line of LINES) {
      if (startsWith(octets, from, to, line)) return Verdict.Match;
      mayBe ||= mayStartWith(octets, from, to, line);
    }
    return mayBe ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
