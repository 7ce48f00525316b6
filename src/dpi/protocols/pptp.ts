import { indexOf, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  HostName = 1,
  Vendor = 2,
}

/** RFC 2637 §2.1. */
const enum Header {
  Cookie = 4,
  Message = 8,
  Octets = 12,
  MagicCookie = 0x1a2b_3c4d,
  HostName = 28,
  Vendor = 92,
  NameOctets = 64,
  StartOctets = 156,
  LastMessage = 15,
}

const MOST_MESSAGES = 8;

export const pptp: Protocol = {
  name: 'pptp',
  title: 'Point-to-Point Tunneling Protocol, its control connection',
  evidence: 'a message with the magic cookie of RFC 2637 §2.1',
  transports: Transport.Tcp,
  ports: [1723],
  first: [0],
  least: Header.Message + 2,
  elements: [
    { name: 'messages', type: ElementType.Unsigned, many: true },
    { name: 'hostNames', type: ElementType.Text, many: true, max: 64 },
    { name: 'vendors', type: ElementType.Text, many: true, max: 64 },
  ],

  recognise(octets, from) {
    const message = u16(octets, from + Header.Message);
    const isGood =
      u32(octets, from + Header.Cookie) === Header.MagicCookie && message >= 1 && message <= Header.LastMessage;
    return isGood ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return Extract.More;
      const length = u16(octets, from);
      if (length < Header.Octets || u32(octets, from + Header.Cookie) !== Header.MagicCookie)
        return Extract.EndDirection;
      if (length > to - from && !flow.isLast) return Extract.More;
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      flow.out.unsigned(Place.Messages, u16(octets, from + Header.Message));
      if (length === Header.StartOctets && to - from >= length) {
        writeName(octets, from + Header.HostName, Place.HostName, flow);
        writeName(octets, from + Header.Vendor, Place.Vendor, flow);
      }
      return length;
    },
  },
};

/** Names are filled up with zeros. */
function writeName(octets: Uint8Array, from: number, place: number, flow: FlowView): void {
  const zero = indexOf(octets, from, from + Header.NameOctets, 0);
  const end = zero < 0 ? from + Header.NameOctets : zero;
  if (end > from) flow.out.text(place, octets, from, end);
}
