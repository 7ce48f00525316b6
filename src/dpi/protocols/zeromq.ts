import { isZero } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

export const zeromq: Protocol = {
  name: 'zeromq',
  title: 'ZeroMQ Message Transport Protocol 2 and 3',
  evidence: 'the greeting: a signature of ten octets and a version (23/ZMTP)',
  transports: Transport.Tcp,
  ports: [],
  first: [0xff],
  least: 10,
  recognise(octets, from, to) {
    const isSignature = octets[from + 9] === 0x7f && isZero(octets, from + 1, from + 8);
    if (!isSignature) return Verdict.NoMatch;
    return to - from === 10 || octets[from + 10] <= 3 ? Verdict.Match : Verdict.NoMatch;
  },
};
