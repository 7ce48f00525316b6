import { u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

/** 3GPP TS 29.244 §7.2.2. */
const enum Header {
  Type = 1,
  Length = 2,
  Fixed = 4,
  /** With message priority flag; three spare bits and version 1 above. */
  HasSeid = 1,
  Octets = 8,
  OctetsWithSeid = 16,
}

const MOST_ELEMENTS = 64;
const MOST_MESSAGES = 8;

export const pfcp: Protocol = {
  name: 'pfcp',
  title: 'Packet Forwarding Control Protocol',
  evidence: 'a header of version 1 with a known message type, and elements that fill the message',
  transports: Transport.Udp,
  ports: [8805],
  first: [0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27],
  least: Header.Octets,
  elements: [{ name: 'messageTypes', type: ElementType.Unsigned, many: true }],

  recognise(octets, from, to, flow) {
    const type = octets[from + Header.Type];
    const isType = (type >= 1 && type <= 17) || (type >= 50 && type <= 57);
    if (octets[from] >>> 5 !== 1 || !isType) return Verdict.NoMatch;
    const end = from + Header.Fixed + u16(octets, from + Header.Length);
    if (end > to || end - from > flow.wireOctets) return Verdict.NoMatch;
    let p = from + (octets[from] & Header.HasSeid ? Header.OctetsWithSeid : Header.Octets);
    let elements = 0;
    for (; p + 4 <= end && elements < MOST_ELEMENTS; elements++) {
      if (u16(octets, p) === 0) return Verdict.NoMatch;
      p += 4 + u16(octets, p + 2);
    }
    return p === end && elements > 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from >= 2) flow.out.unsigned(0, octets[from + Header.Type]);
      return ++flow.words[flow.memory] >= MOST_MESSAGES ? Extract.End : 1;
    },
  },
};
