import { u32le } from '../little-endian.js';
import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header: kind, version, request, producer, exchange, seconds, nanoseconds, status, signature, reserved. */
const enum Header {
  Kind = 13,
  Version = 1,
  Producer = 4,
  Nanoseconds = 16,
  Reserved = 28,
  Octets = 32,
}

export const ethernetGlobalData: Protocol = {
  name: 'ethernetglobaldata',
  title: 'Ethernet Global Data, controllers of GE',
  evidence: 'kind 13 and version 1, a producer, nanoseconds below a second, reserved octets of zero',
  transports: Transport.Udp,
  ports: [18246],
  first: [Header.Kind],
  least: Header.Octets,
  recognise: (octets, from): Verdict =>
    octets[from + 1] === Header.Version &&
    u32(octets, from + Header.Producer) !== 0 &&
    u32le(octets, from + Header.Nanoseconds) < 1e9 &&
    u32(octets, from + Header.Reserved) === 0
      ? Verdict.Match
      : Verdict.NoMatch,
};
