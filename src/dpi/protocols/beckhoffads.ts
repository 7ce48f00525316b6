import { u16le, u32le } from '../little-endian.js';
import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** AMS over TCP: reserved, length, then both ends, command, flags, length of the data, error, invocation. */
const enum Header {
  Length = 2,
  Command = 22,
  Flags = 24,
  DataLength = 26,
  Octets = 38,
  /** Of the AMS header alone. */
  AmsOctets = 32,
  LastCommand = 9,
  /** A command of ADS; bit 0 tells an answer. */
  AdsFlag = 4,
  Longest = 0x0010_0000,
}

/** Begins what is sent over UDP: routes and discovery. */
const UDP_MAGIC = 0x0366_1471;

export const beckhoffAds: Protocol = {
  name: 'beckhoffads',
  title: 'Beckhoff ADS over AMS',
  evidence:
    'a reserved zero, two lengths that differ by the header, a command and flags of ADS; over UDP the magic octets',
  transports: Transport.Both,
  ports: [48898],
  first: [0, UDP_MAGIC >>> 24],
  least: 12,

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return u32(octets, from) === UDP_MAGIC ? Verdict.Match : Verdict.NoMatch;
    if (u16(octets, from) !== 0) return Verdict.NoMatch;
    const length = u32le(octets, from + Header.Length);
    if (length < Header.AmsOctets || length > Header.Longest) return Verdict.NoMatch;
    if (to - from < Header.Octets) return Verdict.NeedMore;
    const isHeader =
      u16le(octets, from + Header.Command) <= Header.LastCommand &&
      (u16le(octets, from + Header.Flags) & ~0x43) === Header.AdsFlag &&
      u32le(octets, from + Header.DataLength) === length - Header.AmsOctets;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};
