import { ascii, startsWith, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('JRMI');

/** Magic, version, then stream, single operation or multiplex. */
const enum Header {
  Version = 4,
  Kind = 6,
  Octets = 7,
  FirstKind = 0x4b,
  LastKind = 0x4d,
}

export const jrmi: Protocol = {
  name: 'jrmi',
  title: 'Java remote method invocation',
  evidence: 'JRMI, a version and a kind of connection',
  transports: Transport.Tcp,
  ports: [1099],
  first: [MAGIC[0]],
  least: Header.Octets,

  recognise(octets, from, to) {
    const kind = octets[from + Header.Kind];
    const isHeader = startsWith(octets, from, to, MAGIC) && u16(octets, from + Header.Version) <= 2;
    return isHeader && kind >= Header.FirstKind && kind <= Header.LastKind ? Verdict.Match : Verdict.NoMatch;
  },
};
