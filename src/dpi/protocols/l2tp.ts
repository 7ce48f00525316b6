import { u16 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  HostName = 1,
  VendorName = 2,
}

/** RFC 2661 §3.1, RFC 3931 §3.2.1. */
const enum Header {
  Control2 = 0xc802,
  Control3 = 0xc803,
  Control = 12,
  Type = 0x8000,
  Length = 0x4000,
  Sequence = 0x0800,
  Offset = 0x0200,
  Version = 0x000f,
  Reserved = 0x34f0,
}

/** Attributes of control messages (RFC 2661 §4.4). */
const enum Attribute {
  MessageType = 0,
  HostName = 7,
  VendorName = 8,
  Hidden = 0x4000,
}

const PPP = 0xff03;
const MOST_ATTRIBUTES = 32;
const MOST_MESSAGES = 8;

export const l2tp: Protocol = {
  name: 'l2tp',
  title: 'Layer 2 Tunneling Protocol, versions 2 and 3',
  evidence: 'a control message whose length fits and that begins with its type, or data with length, or with PPP',
  transports: Transport.Udp,
  ports: [1701],
  // Version 2 or 3.
  mark: { at: 0, mask: 0x000e_0000, value: 0x0002_0000 },
  least: 8,
  elements: [
    { name: 'messages', type: ElementType.Unsigned, many: true },
    { name: 'hostName', type: ElementType.Text },
    { name: 'vendorName', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    const flags = u16(octets, from);
    if (flags === Header.Control2 || flags === Header.Control3) return recogniseControl(octets, from, to, flow);
    if (flags & (Header.Type | Header.Reserved) || (flags & Header.Version) !== 2) return Verdict.NoMatch;
    let p = from + 2;
    if (flags & Header.Length) {
      if (u16(octets, p) !== flow.wireOctets) return Verdict.NoMatch;
      p += 2;
    }
    p += 4 + (flags & Header.Sequence ? 4 : 0);
    if (flags & Header.Offset) p += 2 + (p + 2 <= to ? u16(octets, p) : 0);
    return p + 4 <= to && u16(octets, p) === PPP && u16(octets, p + 2) & 1 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      if (octets[from] & 0x80) write(octets, from + Header.Control, to, flow);
      return 1;
    },
  },
};

function recogniseControl(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const length = u16(octets, from + 2);
  if (length !== flow.wireOctets || length < Header.Control || to - from < Header.Control) return Verdict.NoMatch;
  if (length === Header.Control) return Verdict.Match;
  // The first attribute is the message type: flags and 8, vendor 0, type 0.
  const p = from + Header.Control;
  const isType = p + 6 <= to && (u16(octets, p) & 0x3fff) === 8 && u16(octets, p + 2) === 0 && u16(octets, p + 4) === 0;
  return isType ? Verdict.Match : Verdict.NoMatch;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  for (let p = from, n = 0; p + 6 <= to && n < MOST_ATTRIBUTES; n++) {
    const head = u16(octets, p);
    const end = p + (head & 0x3ff);
    if (end < p + 6 || end > to) return;
    if (u16(octets, p + 2) === 0 && (head & Attribute.Hidden) === 0) {
      const type = u16(octets, p + 4);
      if (type === Attribute.MessageType && end === p + 8) out.unsigned(Place.Messages, u16(octets, p + 6));
      else if (type === Attribute.HostName) out.text(Place.HostName, octets, p + 6, end);
      else if (type === Attribute.VendorName) out.text(Place.VendorName, octets, p + 6, end);
    }
    p = end;
  }
}
