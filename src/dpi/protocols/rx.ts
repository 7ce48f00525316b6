import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header: epoch, connection, call, sequence, serial, kind, flags, status, security, spare, service. */
const enum Header {
  Connection = 4,
  Call = 8,
  Sequence = 12,
  Serial = 16,
  Kind = 20,
  Flags = 21,
  Status = 22,
  Security = 23,
  Spare = 24,
  Service = 26,
  Octets = 28,
  Data = 1,
  LastKind = 13,
  LastSecurity = 5,
  /** Counters of a connection that a capture is likely to see. */
  MostCount = 0x00ff_ffff,
  /** Connections are counted from a number by chance on. */
  LeastConnection = 0xffff,
  /** A time after 1995, or the upper bit is set. */
  LeastEpoch = 0x3000_0000,
  LastService = 8_191,
}

export const rx: Protocol = {
  name: 'rx',
  title: 'Rx, the calls of AFS',
  evidence: 'a header with a kind, a security class, a service and counters that can be',
  transports: Transport.Udp,
  ports: [7000, 7001, 7002, 7003, 7005, 7007],
  // Kind, flags, a status of zero, and a security class.
  mark: { at: Header.Kind, mask: 0xf0c0_fff8, value: 0 },
  least: Header.Octets,

  recognise(octets, from) {
    const kind = octets[from + Header.Kind];
    const isHeader =
      kind >= Header.Data &&
      kind <= Header.LastKind &&
      octets[from + Header.Flags] < 0x40 &&
      octets[from + Header.Security] <= Header.LastSecurity &&
      octets[from + Header.Status] === 0 &&
      (octets[from + Header.Security] !== 0 || u16(octets, from + Header.Spare) === 0) &&
      u32(octets, from + Header.Connection) > Header.LeastConnection &&
      u32(octets, from + Header.Call) <= Header.MostCount &&
      u32(octets, from + Header.Sequence) <= Header.MostCount &&
      u32(octets, from + Header.Serial) <= Header.MostCount &&
      u16(octets, from + Header.Service) > 0 &&
      u16(octets, from + Header.Service) <= Header.LastService;
    if (!isHeader || u32(octets, from) < Header.LeastEpoch) return Verdict.NoMatch;
    // Data has a sequence, whatever the kind a serial.
    if (kind === Header.Data && (u32(octets, from + Header.Sequence) === 0 || u32(octets, from + Header.Call) === 0))
      return Verdict.NoMatch;
    return u32(octets, from + Header.Serial) !== 0 ? Verdict.Match : Verdict.Likely;
  },
};
