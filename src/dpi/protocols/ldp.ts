import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Identifiers = 0,
  Types = 1,
}

/** RFC 5036 §3.1, §3.5: version, length, label switching router, label space; then messages. */
const enum Pdu {
  Version = 1,
  HeaderOctets = 10,
  /** Message type, length, number. */
  LeastOctets = 18,
  Longest = 4_096,
}

export const ldp: Protocol = {
  name: 'ldp',
  title: 'Label Distribution Protocol',
  evidence: 'version 1 and a length that fits a message of a type of RFC 5036',
  transports: Transport.Both,
  ports: [646],
  first: [0],
  least: 2,
  elements: [
    { name: 'identifiers', type: ElementType.Ipv4, many: true },
    { name: 'types', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (u16(octets, from) !== Pdu.Version) return Verdict.NoMatch;
    if (to - from < Pdu.LeastOctets)
      return flow.isLast || flow.transport === Transport.Udp ? Verdict.NoMatch : Verdict.NeedMore;
    const length = u16(octets, from + 2);
    const message = u16(octets, from + 12);
    const isGood =
      length >= Pdu.LeastOctets - 4 &&
      length <= Pdu.Longest &&
      u32(octets, from + 4) !== 0 &&
      isType(u16(octets, from + 10) & 0x7fff) &&
      message >= 4 &&
      message + 10 <= length;
    if (!isGood) return Verdict.NoMatch;
    return flow.transport === Transport.Tcp || length + 4 === flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const isStream = flow.transport === Transport.Tcp;
      if (to - from < Pdu.LeastOctets) return isStream && !flow.isLast ? Extract.More : Extract.End;
      if (flow.words[flow.memory] >= 16 || u16(octets, from) !== Pdu.Version) return Extract.End;
      const length = u16(octets, from + 2);
      if (isStream && to - from < length + 4 && !flow.isLast) return Extract.More;
      flow.words[flow.memory]++;
      flow.out.ipv4(Place.Identifiers, octets, from + 4);
      const end = Math.min(to, from + 4 + length);
      for (let n = 0, p = from + Pdu.HeaderOctets; n < 8 && p + 8 <= end; n++) {
        flow.out.unsigned(Place.Types, u16(octets, p) & 0x7fff);
        p += 4 + u16(octets, p + 2);
      }
      return length + 4;
    },
  },
};

/** Notification, hello, initialization, keep-alive, addresses, labels. */
function isType(type: number): boolean {
  return (
    type === 0x0001 ||
    type === 0x0100 ||
    (type >= 0x0200 && type <= 0x0203) ||
    type === 0x0300 ||
    type === 0x0301 ||
    (type >= 0x0400 && type <= 0x0404)
  );
}
