import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of IEEE 1588-2008 §13.3: message, version, length, domain, flags, correction, reserved, port, sequence, control. */
const enum Header {
  Version = 1,
  Length = 2,
  Reserved = 16,
  Control = 32,
  Octets = 34,
}

/** By message: octets at least, 0 for what does not exist, and the control field of version 1. */
const LEAST = [44, 44, 54, 54, 0, 0, 0, 0, 44, 54, 60, 64, 44, 48, 0, 0];
const CONTROL = [0, 1, 5, 5, 5, 5, 5, 5, 2, 3, 5, 5, 5, 4, 5, 5];

/** The upper half says whose profile it is: 0, or 1 for that of IEEE 802.1AS. */
const FIRST = LEAST.flatMap((least, message) => (least === 0 ? [] : [message, 0x10 | message]));

export const ptpv2: Protocol = {
  name: 'ptpv2',
  title: 'Precision Time Protocol (IEEE 1588)',
  evidence: 'version 2, a message with its length and control field, reserved octets of zero',
  transports: Transport.Udp,
  ports: [319, 320],
  first: FIRST,
  least: Header.Octets,

  recognise(octets, from, _to, flow) {
    if ((octets[from + Header.Version] & 0x0f) !== 2 || octets[from + Header.Version] > 0x22) return Verdict.NoMatch;
    const message = octets[from] & 0x0f;
    const length = u16(octets, from + Header.Length);
    if (LEAST[message] === 0 || length < LEAST[message] || length > flow.wireOctets || length + 16 < flow.wireOctets)
      return Verdict.NoMatch;
    const isHeader =
      octets[from + Header.Control] === CONTROL[message] &&
      (u32(octets, from + Header.Reserved) === 0 || octets[from + Header.Version] === 0x12);
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
