import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  MessageTypes = 1,
}

/** 3GPP TS 29.060 §6 and 29.281 §5.1 (version 1), 29.274 §5.1 (version 2), 32.295 §6 (GTP'). */
const enum Header {
  Type = 1,
  Length = 2,
  Octets1 = 8,
  Octets2 = 4,
  OctetsPrime = 6,
  HasTeid2 = 0x08,
  Extended = 0x07,
}

const enum Type {
  Unsupported = 3,
  ErrorIndication = 26,
  EndMarker = 254,
  Data = 255,
}

const enum Port {
  Control = 2123,
  User = 2152,
  Prime = 3386,
}

const MOST_ELEMENTS = 64;
const MOST_MESSAGES = 8;

export const gtp: Protocol = {
  name: 'gtp',
  title: 'GPRS Tunnelling Protocol: control, user data and charging',
  evidence: 'a header whose length fits, and elements that fill the message or an IP packet; else on its ports',
  transports: Transport.Udp,
  ports: [Port.Control, Port.User, Port.Prime],
  // Version 1; version 2 with and without tunnel; charging of versions 0 to 2.
  first: [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x40, 0x48, 0x0e, 0x0f, 0x2e, 0x2f, 0x4e, 0x4f],
  least: Header.OctetsPrime,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'messageTypes', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    const version = octets[from] >>> 5;
    if (version > 2 || octets[from + Header.Type] === 0) return Verdict.NoMatch;
    if (version === 2 && (octets[from] & 0x17) === 0) return recognise2(octets, from, to, flow);
    if (version === 1 && (octets[from] & 0x18) === 0x10) return recognise1(octets, from, to, flow);
    // Charging: the protocol type is 0, three spare bits are set.
    if ((octets[from] & 0x1e) !== 0x0e || !isPort(flow)) return Verdict.NoMatch;
    const length = u16(octets, from + Header.Length) + Header.OctetsPrime;
    const type = octets[from + Header.Type];
    const isType = type <= 7 || type === 0xf0 || type === 0xf1;
    return isType && (length === flow.wireOctets || length + 14 === flow.wireOctets) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory, out } = flow;
      if (to - from < 2) return 1;
      if (words[memory] === 0) out.unsigned(Place.Version, octets[from] >>> 5);
      out.unsigned(Place.MessageTypes, octets[from + Header.Type]);
      return ++words[memory] >= MOST_MESSAGES || octets[from + Header.Type] === Type.Data ? Extract.End : 1;
    },
  },
};

function isPort({ sourcePort, destinationPort }: FlowView): boolean {
  return isOne(sourcePort) || isOne(destinationPort);
}

function isOne(port: number): boolean {
  return port === Port.Control || port === Port.User || port === Port.Prime;
}

function recognise1(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u16(octets, from + Header.Length) + Header.Octets1;
  const type = octets[from + Header.Type];
  // Packets of users are often too large for their tunnel: this may be the first fragment.
  const isFragment = type === Type.Data && length > flow.wireOctets && isPort(flow);
  if (length !== flow.wireOctets && !isFragment) return Verdict.NoMatch;
  if (type === Type.Data) {
    let p = from + Header.Octets1;
    if (octets[from] & Header.Extended) {
      p += 4;
      // Extension headers: length in words, the last octet is the type of the next.
      for (let n = 0; n < 4 && p < to && octets[p - 1] !== 0; n++) p += Math.max(1, octets[p]) * 4;
    }
    if (p + 20 > to) return Verdict.NoMatch;
    const ip = octets[p] >>> 4;
    const left = from + flow.wireOctets - p;
    const isIp = ip === 4 ? u16(octets, p + 2) === left : ip === 6 && u16(octets, p + 4) + 40 === left;
    return isIp || isPort(flow) ? Verdict.Match : Verdict.NoMatch;
  }
  const isControl = (type >= 16 && type <= 70) || (type >= 96 && type <= 128) || type === 240 || type === 241;
  const isPath = type <= Type.Unsupported || type === Type.ErrorIndication || type === Type.EndMarker;
  return (isControl || isPath) && isPort(flow) ? Verdict.Match : Verdict.NoMatch;
}

function recognise2(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u16(octets, from + Header.Length) + Header.Octets2;
  const end = from + length;
  // Another message may follow (piggybacked), and then it says so.
  if (length !== flow.wireOctets || end > to) return Verdict.NoMatch;
  let p = from + (octets[from] & Header.HasTeid2 ? 12 : 8);
  if (p > end) return Verdict.NoMatch;
  // Elements: type, length, instance.
  for (let n = 0; p < end && n < MOST_ELEMENTS; n++) {
    if (p + 4 > end || octets[p] === 0) return Verdict.NoMatch;
    p += 4 + u16(octets, p + 1);
  }
  const isType = octets[from + Header.Type] <= 3 || octets[from + Header.Type] >= 32;
  return p === end && isType ? Verdict.Match : Verdict.NoMatch;
}
