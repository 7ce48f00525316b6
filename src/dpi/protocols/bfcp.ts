import { u16 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** RFC 8855 §5.1: version and flags, primitive, words behind the header, conference, transaction, user. */
const enum Header {
  Octets = 12,
  Length = 2,
  LastPrimitive = 18,
  /** Version 1 over TCP, 2 over UDP; the flags say response and fragment. */
  Reliable = 0x20,
  Unreliable = 0x40,
  Flags = 0x18,
  /** Fragment offset and length follow. */
  Fragment = 0x08,
}

const MOST_ATTRIBUTES = 32;
const LONGEST_WORDS = 512;

export const bfcp: Protocol = {
  name: 'bfcp',
  title: 'Binary Floor Control Protocol',
  evidence: 'a header whose primitive and length fit, and attributes that fill the message',
  transports: Transport.Both,
  ports: [],
  first: [0x20, 0x30, 0x40, 0x50],
  least: Header.Octets,

  recognise(octets, from, to, flow) {
    const isUdp = flow.transport === Transport.Udp;
    const version = octets[from] & ~Header.Flags;
    const primitive = octets[from + 1];
    const words = u16(octets, from + Header.Length);
    if (version !== (isUdp ? Header.Unreliable : Header.Reliable) && version !== Header.Reliable)
      return Verdict.NoMatch;
    if (primitive < 1 || primitive > Header.LastPrimitive || words > LONGEST_WORDS) return Verdict.NoMatch;
    const end = from + Header.Octets + 4 * words;
    if (isUdp && end - from !== flow.wireOctets) return Verdict.NoMatch;
    if (end > to) {
      // What was cut is believed when it is short and names a conference.
      const isShort = octets[from] === Header.Reliable && words > 0 && words < 16 && u16(octets, from + 6) !== 0;
      if (isUdp || (flow.isLast && !isShort)) return Verdict.NoMatch;
      return flow.isLast ? Verdict.Likely : Verdict.NeedMore;
    }
    return hasAttributes(octets, from, end, flow) ? Verdict.Match : Verdict.NoMatch;
  },
};

/** Whether attributes fill the message: type and whether it must be known, octets with this header, padding. */
function hasAttributes(octets: Uint8Array, from: number, end: number, { transport }: FlowView): boolean {
  let p = from + Header.Octets;
  // Without attributes the rest must say it: a conference, and a hello, its answer or an acknowledgement.
  if (p === end) {
    const isBare = octets[from + 1] >= 11 && octets[from + 1] <= 17 && transport === Transport.Udp;
    return isBare && u16(octets, from + 4) === 0 && u16(octets, from + 6) !== 0 && u16(octets, from + 8) !== 0;
  }
  for (let n = 0; p + 2 <= end && n < MOST_ATTRIBUTES; n++) {
    const type = octets[p] >>> 1;
    const length = octets[p + 1];
    if (type < 1 || type > 18 || length < 2) return false;
    p += (length + 3) & ~3;
  }
  return p === end;
}
