import { ascii, find } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const METHODS: readonly Uint8Array[] = [
  ascii('"mining.'), ascii('"eth_submitLogin"'), ascii('"eth_getWork"'), ascii('"eth_login"'), ascii('"eth_submitWork"'), ascii('"eth_submitHashrate"'),
]; // prettier-ignore
const LOGIN = ascii('"login"');
const AGENT = ascii('"agent"');

export const mining: Protocol = {
  name: 'mining',
  title: 'Stratum and other mining pools',
  evidence: 'an object in braces that calls a method of a mining pool',
  transports: Transport.Tcp,
  ports: [3333, 4444, 14444],
  first: [0x7b],
  least: 8,
  recognise(octets, from, to, flow) {
    const end = Math.min(to, from + 512);
    for (const method of METHODS) if (find(octets, from, end, method) >= 0) return Verdict.Match;
    if (find(octets, from, end, LOGIN) >= 0 && find(octets, from, end, AGENT) >= 0) return Verdict.Match;
    return to - from < 512 && !flow.isLast ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
