import { isZero, u32le } from '../little-endian.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of the Levin protocol: signature (8), length (8), whether an answer is expected, command (4) … */
export const monero: Protocol = {
  name: 'monero',
  title: 'Monero peers, and coins that took its protocol over',
  evidence: 'the signature of the Levin protocol and a length that can be',
  transports: Transport.Tcp,
  ports: [18080],
  first: [0x01],
  least: 17,
  recognise(octets, from) {
    const isSignature = u32le(octets, from) === 0x0101_2101 && u32le(octets, from + 4) === 0x0101_0101;
    const isLength = isZero(octets, from + 12, from + 16) && u32le(octets, from + 8) <= 0x0600_0000;
    return isSignature && isLength && octets[from + 16] <= 1 ? Verdict.Match : Verdict.NoMatch;
  },
};
