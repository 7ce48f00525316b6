import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of ISO/IEC 14908-4: length, version, kind, size of the extended header, flags, vendor, session, sequence, time. */
const enum Header {
  Version = 2,
  Kind = 3,
  Extended = 4,
  Octets = 20,
  Data = 1,
  /** Requests and answers about the configuration. */
  FirstControl = 0x60,
  LastControl = 0x7f,
}

export const cnpIp: Protocol = {
  name: 'cnp-ip',
  title: 'CNP/IP (CEA-852), control networks over IP',
  evidence: 'the length of the datagram, version 1, and a kind of packet that exists',
  transports: Transport.Udp,
  ports: [1628, 1629],
  first: [0, 1, 2, 3, 4, 5],
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    const kind = octets[from + Header.Kind];
    const isKind = kind === Header.Data || (kind >= Header.FirstControl && kind <= Header.LastControl);
    const isHeader =
      u16(octets, from) === flow.wireOctets &&
      octets[from + Header.Version] === 1 &&
      isKind &&
      4 * octets[from + Header.Extended] + Header.Octets <= flow.wireOctets;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
