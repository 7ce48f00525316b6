import { isText, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  ClientId = 0,
  Requests = 1,
}

/** Request header: size, key, version, correlation, client id (Apache Kafka, "Protocol Primitive Types"). */
const enum Header {
  Key = 4,
  Version = 6,
  ClientIdLength = 12,
  ClientId = 14,
}

const enum Bound {
  Size = 0x0400_0000,
  Key = 100,
  Version = 20,
  ClientId = 250,
  Requests = 64,
}

export const kafka: Protocol = {
  name: 'kafka',
  title: 'Apache Kafka',
  evidence: 'a request header with a known key and version, a size that fits, and a client id in text',
  transports: Transport.Tcp,
  ports: [9092, 9093, 9094],
  first: [0, 1, 2, 3],
  least: Header.ClientId,
  elements: [
    { name: 'clientId', type: ElementType.Text, max: 250 },
    { name: 'requests', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    const size = u32(octets, from);
    if (size < 10 || size > Bound.Size || !isRequest(octets, from)) return Verdict.NoMatch;
    const length = u16(octets, from + Header.ClientIdLength);
    if (length === 0xffff || length === 0) return to - from === size + 4 ? Verdict.Likely : Verdict.NoMatch;
    if (length > Bound.ClientId || length + 10 > size) return Verdict.NoMatch;
    const end = from + Header.ClientId + length;
    if (!isText(octets, from + Header.ClientId, Math.min(to, end))) return Verdict.NoMatch;
    if (to < end) return flow.isLast ? Verdict.Likely : Verdict.NeedMore;
    return Verdict.Match;
  },

  extractor: {
    words: 2,
    window: 512,
    extract(octets, from, to, flow) {
      if (to - from < Header.ClientId) return flow.isLast ? Extract.EndDirection : Extract.More;
      const size = u32(octets, from);
      // Answers have no key: that direction says nothing.
      if (size < 10 || size > Bound.Size || !isRequest(octets, from)) return Extract.EndDirection;
      return read(octets, from, to, flow, size);
    },
  },
};

function isRequest(octets: Uint8Array, from: number): boolean {
  return u16(octets, from + Header.Key) <= Bound.Key && u16(octets, from + Header.Version) <= Bound.Version;
}

function read(octets: Uint8Array, from: number, to: number, flow: FlowView, size: number): number {
  const { words, memory } = flow;
  const length = u16(octets, from + Header.ClientIdLength);
  const end = from + Header.ClientId + (length === 0xffff ? 0 : length);
  if (length !== 0xffff && (length > Bound.ClientId || length + 10 > size)) return Extract.EndDirection;
  if (end > to) return flow.isLast ? Extract.EndDirection : Extract.More;
  if (!isText(octets, from + Header.ClientId, end)) return Extract.EndDirection;
  if (words[memory] === 0 && end > from + Header.ClientId) {
    words[memory] = 1;
    flow.out.text(Place.ClientId, octets, from + Header.ClientId, end);
  }
  flow.out.unsigned(Place.Requests, u16(octets, from + Header.Key));
  return ++words[memory + 1] >= Bound.Requests ? Extract.End : size + 4;
}
