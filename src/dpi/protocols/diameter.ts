import { u24 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** RFC 6733 §3: version, length, flags, command, application, two identifiers; §4.1: AVP code, flags, length. */
const enum Header {
  Version = 1,
  Flags = 4,
  ReservedFlags = 0x0f,
  Command = 5,
  AvpFlags = 24,
  AvpLength = 25,
  Octets = 28,
  ReservedAvpFlags = 0x1f,
  FirstCommand = 257,
}

export const diameter: Protocol = {
  name: 'diameter',
  title: 'Diameter',
  evidence: 'version 1, a length in words, flags and a command, and a first AVP that fits',
  transports: Transport.Tcp,
  ports: [3868],
  first: [Header.Version],
  least: Header.Octets,

  recognise(octets, from) {
    const length = u24(octets, from + 1);
    const avp = u24(octets, from + Header.AvpLength);
    const isHeader =
      length >= Header.Octets &&
      (length & 3) === 0 &&
      (octets[from + Header.Flags] & Header.ReservedFlags) === 0 &&
      u24(octets, from + Header.Command) >= Header.FirstCommand &&
      (octets[from + Header.AvpFlags] & Header.ReservedAvpFlags) === 0 &&
      avp >= 8 &&
      avp + 20 <= length;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
