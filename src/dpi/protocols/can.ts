import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('ISO11898');

export const can: Protocol = {
  name: 'can',
  title: 'Frames of a Controller Area Network within datagrams',
  evidence: 'ISO11898, a version, and a count of frames',
  transports: Transport.Udp,
  ports: [11898],
  first: [MAGIC[0]],
  least: MAGIC.length + 2,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from, to, MAGIC) && octets[from + MAGIC.length] !== 0 ? Verdict.Match : Verdict.NoMatch,
};
