import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('ESIO');

/** Header: magic, kind of telegram, version, length, transaction. */
const enum Header {
  Kind = 4,
  Octets = 12,
  LastKind = 3,
}

export const ethersio: Protocol = {
  name: 'ethersio',
  title: 'Ether-S-I/O of Saia-Burgess controllers',
  evidence: 'ESIO and a known kind of telegram',
  transports: Transport.Udp,
  ports: [6060],
  first: [MAGIC[0]],
  least: Header.Octets,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from, to, MAGIC) &&
    octets[from + Header.Kind] === 0 &&
    octets[from + Header.Kind + 1] <= Header.LastKind
      ? Verdict.Match
      : Verdict.NoMatch,
};
