import { ascii, find, octetsThat } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The object identifier of H.225.0, itu-t recommendation h 2250 version, as PER writes it behind its length. */
const IDENTIFIER = ascii('\x06\x00\x08\x91\x4a\x00');
/** It stands within the first octets, behind type and request number. */
const SEARCHED_OCTETS = 16;

export const ras: Protocol = {
  name: 'ras',
  title: 'H.225.0 registration, admission and status',
  evidence: 'the object identifier of H.225.0 near the start of a datagram',
  transports: Transport.Udp,
  ports: [1718, 1719],
  first: octetsThat((octet) => octet < 0x68 || octet >= 0x80),
  least: IDENTIFIER.length + 3,

  recognise(octets, from, to) {
    return find(octets, from, Math.min(to, from + SEARCHED_OCTETS), IDENTIFIER) > 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
