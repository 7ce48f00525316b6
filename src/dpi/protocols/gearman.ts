import { ascii, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const REQUEST = ascii('\0REQ');
const RESPONSE = ascii('\0RES');

/** Magic, kind, size of the data. */
const enum Header {
  Kind = 4,
  Size = 8,
  Octets = 12,
  LastKind = 42,
}

export const gearman: Protocol = {
  name: 'gearman',
  title: 'Gearman job servers',
  evidence: 'REQ or RES behind a zero and a kind that exists',
  transports: Transport.Tcp,
  ports: [4730],
  first: [0],
  least: Header.Octets,

  recognise(octets, from, to) {
    if (!startsWith(octets, from, to, REQUEST) && !startsWith(octets, from, to, RESPONSE)) return Verdict.NoMatch;
    const isHeader = u32(octets, from + Header.Kind) <= Header.LastKind && octets[from + Header.Size] === 0;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
