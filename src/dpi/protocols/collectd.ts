import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Parts of a datagram: type, length of the whole part, then a text that ends in zero, a number of 64 bits, or values. */
const enum Part {
  Time = 1,
  LastText = 5,
  Values = 6,
  Interval = 7,
  TimeHigh = 8,
  IntervalHigh = 9,
  Message = 0x0100,
  Severity = 0x0101,
  Signature = 0x0200,
  Encryption = 0x0210,
  NumberOctets = 12,
}

/** Parts that are right in a row. */
const ENOUGH = 3;

export const collectd: Protocol = {
  name: 'collectd',
  title: 'collectd, values of hosts',
  evidence: 'parts of known types whose lengths follow each other, or an encrypted part that fills the datagram',
  transports: Transport.Udp,
  ports: [25826],
  first: [0, 2],
  least: 16,

  recognise(octets, from, to, flow) {
    let p = from;
    if (u16(octets, p) === Part.Encryption) {
      const user = u16(octets, p + 4);
      const isWhole = u16(octets, p + 2) === flow.wireOctets && user > 0 && user + 6 < flow.wireOctets;
      return isWhole && isName(octets, p + 6, Math.min(to, p + 6 + user)) ? Verdict.Match : Verdict.NoMatch;
    }
    for (let n = 0; n < ENOUGH; n++) {
      if (p + 5 > to) return Verdict.NoMatch;
      const length = u16(octets, p + 2);
      if (length < 5 || p + length > to || !isPart(octets, p, u16(octets, p), length)) return Verdict.NoMatch;
      p += length;
      if (p === to && n > 0) break;
    }
    return Verdict.Match;
  },
};

function isPart(octets: Uint8Array, p: number, type: number, length: number): boolean {
  switch (type as Part) {
    case Part.Time:
    case Part.Interval:
    case Part.TimeHigh:
    case Part.IntervalHigh:
    case Part.Severity:
      return length === Part.NumberOctets;
    case Part.Values:
      return length === 6 + 9 * u16(octets, p + 4);
    case Part.Message:
      return octets[p + length - 1] === 0;
    case Part.Signature:
      return length > 36;
    default:
      return type <= Part.LastText && octets[p + length - 1] === 0 && isName(octets, p + 4, p + length - 1);
  }
}

function isName(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (octets[p] < 0x20 || octets[p] > 0x7e) return false;
  return true;
}
