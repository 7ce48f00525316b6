import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GIOP = ascii('GIOP');
/** Compressed, and within datagrams. */
const ZIOP = ascii('ZIOP');
const MIOP = ascii('MIOP');

/** Magic, version, flags, kind of message (CORBA 3.3 part 2, §9.4.1). */
const enum Header {
  Major = 4,
  Minor = 5,
  Kind = 7,
  Octets = 12,
  LastKind = 7,
}

export const corba: Protocol = {
  name: 'corba',
  title: 'CORBA: GIOP, over TCP and in datagrams',
  evidence: 'GIOP, ZIOP or MIOP with version 1 and a kind of message that exists',
  transports: Transport.Both,
  ports: [2809, 683],
  first: [GIOP[0], ZIOP[0], MIOP[0]],
  least: Header.Octets,

  recognise(octets, from, to) {
    // That of datagrams has version and flags in two halves of an octet each.
    if (startsWith(octets, from, to, MIOP)) return octets[from + 4] === 0x10 ? Verdict.Match : Verdict.NoMatch;
    if (!startsWith(octets, from, to, GIOP) && !startsWith(octets, from, to, ZIOP)) return Verdict.NoMatch;
    const isHeader =
      octets[from + Header.Major] === 1 &&
      octets[from + Header.Minor] <= 3 &&
      octets[from + Header.Kind] <= Header.LastKind;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
