import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const ICA = ascii('\x7f\x7fICA\0');
const GATEWAY = ascii('\x1aCGP/01');

export const citrix: Protocol = {
  name: 'citrix',
  title: 'Citrix ICA, and its common gateway protocol',
  evidence: 'the octets that a session begins with, on its own or through the gateway',
  transports: Transport.Tcp,
  ports: [1494, 2598],
  first: [ICA[0], GATEWAY[0]],
  least: ICA.length,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from, to, ICA) || startsWith(octets, from, to, GATEWAY)
      ? Verdict.Match
      : to - from < GATEWAY.length && octets[from] === GATEWAY[0]
        ? Verdict.NeedMore
        : Verdict.NoMatch,
};
