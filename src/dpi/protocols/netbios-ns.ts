import { name, nameLength, readNetBiosName, resemblesNetBiosName, skipNetBiosName, suffix } from '../netbios-name.js';
import { u16 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Id = 1,
  Response = 2,
  Opcode = 3,
  Rcode = 4,
  Name = 5,
  Suffix = 6,
  Type = 7,
  Address = 8,
}

/** RFC 1002 §4.2.1. */
const enum Header {
  Octets = 12,
  Questions = 4,
  Answers = 6,
}

const enum Type {
  A = 1,
  Ns = 2,
  Null = 10,
  NetBios = 0x20,
  Status = 0x21,
}

const PORT = 137;
const MOST_MESSAGES = 256;
const MOST_ADDRESSES = 8;
const WITHIN = { within: 'messages' } as const;

export const netbiosNs: Protocol = {
  name: 'netbios-ns',
  title: 'NetBIOS name service',
  evidence: 'a DNS header followed by a name of 32 letters from A to P and a NetBIOS type (RFC 1002 §4.2)',
  transports: Transport.Udp,
  ports: [PORT],
  // One question, one answer at most.
  mark: { at: Header.Questions, mask: 0xfffe_fffe, value: 0 },
  least: Header.Octets + 34,
  elements: [
    { name: 'messages', type: ElementType.Group, many: true },
    { name: 'id', type: ElementType.Unsigned, ...WITHIN },
    { name: 'response', type: ElementType.Flag, ...WITHIN },
    { name: 'opcode', type: ElementType.Unsigned, ...WITHIN },
    { name: 'rcode', type: ElementType.Unsigned, ...WITHIN },
    { name: 'name', type: ElementType.Text, max: 16, ...WITHIN, ie: 'NBName' },
    { name: 'suffix', type: ElementType.Unsigned, ...WITHIN, ie: 'NBSuffix' },
    { name: 'type', type: ElementType.Unsigned, ...WITHIN },
    { name: 'addresses', type: ElementType.Ipv4, many: true, ...WITHIN },
  ],

  recognise(octets, from, to, flow) {
    if (u16(octets, from + Header.Questions) > 1 || u16(octets, from + Header.Answers) > 1) return Verdict.NoMatch;
    const end = skipNetBiosName(octets, from + Header.Octets, to);
    // What was cut behind the letters is not needed.
    if (end === -2 || end + 4 > to) return Verdict.Match;
    if (end > 0 && isType(u16(octets, end)) && u16(octets, end + 2) === 1) return Verdict.Match;
    const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    return isPort && resemblesNetBiosName(octets, from + Header.Octets, to) ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (words[memory]++ >= MOST_MESSAGES) return flow.out.stop();
      write(octets, from, to, flow);
      return 1;
    },
  },
};

function isType(type: number): boolean {
  return type === Type.NetBios || type === Type.Status || type === Type.A || type === Type.Ns || type === Type.Null;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const end = skipNetBiosName(octets, from + Header.Octets, to);
  if (end < 0 || end + 4 > to) return;
  const { out } = flow;
  const flags = u16(octets, from + 2);
  readNetBiosName(octets, from + Header.Octets);
  out.begin(Place.Messages);
  out.unsigned(Place.Id, u16(octets, from));
  out.flag(Place.Response, (flags & 0x8000) !== 0);
  out.unsigned(Place.Opcode, (flags >>> 11) & 15);
  out.unsigned(Place.Rcode, flags & 15);
  out.text(Place.Name, name, 0, nameLength);
  out.unsigned(Place.Suffix, suffix);
  out.unsigned(Place.Type, u16(octets, end));
  if (u16(octets, from + Header.Answers) > 0 && u16(octets, end) === Type.NetBios && end + 10 <= to) {
    // Each address has two octets of flags in front (§4.2.1.3).
    const last = Math.min(to, end + 10 + u16(octets, end + 8));
    for (let p = end + 10, n = 0; p + 6 <= last && n < MOST_ADDRESSES; p += 6, n++)
      out.ipv4(Place.Address, octets, p + 2);
  }
  out.end();
}
