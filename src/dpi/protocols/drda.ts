import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of a data stream structure (DRDA, DSS): length, magic, format, correlation; then an object with its length. */
const enum Header {
  Magic = 0xd0,
  Format = 3,
  Object = 6,
  Octets = 10,
  /** A request, a reply, an object, a communication, a request without reply. */
  LastFormat = 5,
}

export const drda: Protocol = {
  name: 'drda',
  title: 'Distributed Relational Database Architecture (DB2, Derby)',
  evidence: 'two lengths that differ by the header, the magic octet between them, and a format',
  transports: Transport.Tcp,
  ports: [446, 50000, 1527],
  least: Header.Octets,

  recognise(octets, from) {
    const length = u16(octets, from);
    const format = octets[from + Header.Format] & 0x0f;
    const isHeader =
      octets[from + 2] === Header.Magic &&
      format >= 1 &&
      format <= Header.LastFormat &&
      octets[from + Header.Format] < 0x80 &&
      length >= Header.Octets &&
      u16(octets, from + Header.Object) === length - Header.Object;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
