import { ascii, startsWith, u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Authorization = 0,
}

/** X Window System Protocol, "Connection Setup". */
const enum Setup {
  BigEndian = 0x42,
  LittleEndian = 0x6c,
  Major = 11,
  Octets = 12,
  LongestName = 64,
}
const COOKIE = ascii('MIT-MAGIC-COOKIE-1');
const XDM = ascii('XDM-AUTHORIZATION-1');

export const x11: Protocol = {
  name: 'x11',
  title: 'X Window System',
  evidence: 'a connection setup of version 11 and the name of an authorization',
  transports: Transport.Tcp,
  ports: [6000, 6001, 6010],
  first: [Setup.BigEndian, Setup.LittleEndian],
  least: 2,
  elements: [{ name: 'authorization', type: ElementType.Text }],

  recognise(octets, from, to, flow) {
    if (octets[from + 1] !== 0) return Verdict.NoMatch;
    if (to - from < Setup.Octets) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    const isLittle = octets[from] === Setup.LittleEndian;
    const minor = read(octets, from + 4, isLittle);
    const name = read(octets, from + 6, isLittle);
    const data = read(octets, from + 8, isLittle);
    if (read(octets, from + 2, isLittle) !== Setup.Major || minor > 1) return Verdict.NoMatch;
    if (name === 0) return data === 0 ? Verdict.Match : Verdict.NoMatch;
    const at = from + Setup.Octets;
    if (name > Setup.LongestName) return Verdict.NoMatch;
    if (startsWith(octets, at, to, COOKIE) || startsWith(octets, at, to, XDM)) return Verdict.Match;
    return to - at < name && !flow.isLast ? Verdict.NeedMore : Verdict.Likely;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from < Setup.Octets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (octets[from] !== Setup.LittleEndian && octets[from] !== Setup.BigEndian) return Extract.EndDirection;
      const length = read(octets, from + 6, octets[from] === Setup.LittleEndian);
      const end = from + Setup.Octets + length;
      if (length > Setup.LongestName) return Extract.End;
      if (end > to && !flow.isLast) return Extract.More;
      if (end <= to) flow.out.text(Place.Authorization, octets, from + Setup.Octets, end);
      return Extract.End;
    },
  },
};

function read(octets: Uint8Array, at: number, isLittle: boolean): number {
  return isLittle ? octets[at] | (octets[at + 1] << 8) : u16(octets, at);
}
