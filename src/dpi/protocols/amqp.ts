import { ascii, find, isText, mayStartWith, u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Product = 1,
  Mechanism = 2,
}

/** Frame of AMQP 0-9-1 §4.2.3: type, channel, size, payload, end. */
const enum Frame {
  Method = 1,
  Heartbeat = 8,
  HeaderOctets = 7,
  End = 0xce,
  Most = 131_072,
}

const enum Class {
  Connection = 10,
  Start = 10,
  StartOk = 11,
}

const NAME = ascii('AMQP');
const PRODUCT = ascii('\x07productS');

const enum Bound {
  Frames = 16,
  Window = 4_096,
}

export const amqp: Protocol = {
  name: 'amqp',
  title: 'Advanced Message Queuing Protocol 0-9-1 and 1.0',
  evidence: 'the protocol header, or a method frame with a known class whose end is where its size says',
  transports: Transport.Tcp,
  ports: [5672],
  first: [NAME[0], Frame.Method, 2, 3, Frame.Heartbeat],
  least: 8,
  elements: [
    { name: 'version', type: ElementType.Text, max: 8 },
    { name: 'product', type: ElementType.Text, many: true },
    { name: 'mechanism', type: ElementType.Text },
  ],

  recognise(octets, from, to) {
    if (octets[from] === NAME[0]) {
      if (!mayStartWith(octets, from, to, NAME)) return Verdict.NoMatch;
      const major = octets[from + 5];
      return (octets[from + 4] <= 3 && major <= 1) || octets[from + 4] === 1 ? Verdict.Match : Verdict.NoMatch;
    }
    const size = u32(octets, from + 3);
    if (octets[from] === Frame.Heartbeat) {
      return size === 0 && u16(octets, from + 1) === 0 && octets[from + 7] === Frame.End
        ? Verdict.Match
        : Verdict.NoMatch;
    }
    const end = from + Frame.HeaderOctets + size;
    if (size < 4 || size > Frame.Most || octets[from] !== Frame.Method || to - from < 12) {
      return Verdict.NoMatch;
    }
    const kind = u16(octets, from + 7);
    const method = u16(octets, from + 9);
    const isKnown = kind >= 10 && kind <= 90 && (kind % 10 === 0 || kind === 85) && method >= 10 && method <= 120;
    if (!isKnown) return Verdict.NoMatch;
    if (end < to) return octets[end] === Frame.End ? Verdict.Match : Verdict.NoMatch;
    return kind === Class.Connection && method === Class.Start ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    words: 1,
    window: Bound.Window,
    extract(octets, from, to, flow) {
      if (to - from < 8) return Extract.More;
      if (mayStartWith(octets, from, to, NAME)) {
        writeVersion(octets, from, flow);
        return 8;
      }
      const size = u32(octets, from + 3);
      if (octets[from] > Frame.Heartbeat || size > Frame.Most) return Extract.EndDirection;
      const next = Frame.HeaderOctets + size + 1;
      if (to - from < Math.min(next, Bound.Window - 1) && !flow.isLast) return Extract.More;
      if (++flow.words[flow.memory] > Bound.Frames) return Extract.End;
      if (octets[from] === Frame.Method && to - from >= 11) readMethod(octets, from, Math.min(to, from + next), flow);
      return next;
    },
  },
};

const version = ascii('0-0-0');

function writeVersion(octets: Uint8Array, from: number, flow: FlowView): void {
  for (let n = 0; n < 3; n++) version[2 * n] = 0x30 + (octets[from + 5 + n] % 10);
  flow.out.text(Place.Version, version, 0, version.length);
}

function readMethod(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const method = u16(octets, from + 9);
  if (u16(octets, from + 7) !== Class.Connection || (method !== Class.Start && method !== Class.StartOk)) return;
  const product = find(octets, from + 11, to, PRODUCT);
  const value = product + PRODUCT.length;
  if (product >= 0 && value + 4 <= to) {
    const end = value + 4 + u32(octets, value);
    if (end <= to) flow.out.text(Place.Product, octets, value + 4, end);
  }
  if (method !== Class.StartOk || from + 15 > to) return;
  const at = from + 15 + u32(octets, from + 11);
  if (at + 1 < to && at + 1 + octets[at] <= to && isText(octets, at + 1, at + 1 + octets[at])) {
    flow.out.text(Place.Mechanism, octets, at + 1, at + 1 + octets[at]);
  }
}
