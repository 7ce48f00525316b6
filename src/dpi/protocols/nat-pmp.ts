import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Opcodes = 0,
  ExternalAddress = 1,
  InternalPort = 2,
  ExternalPort = 3,
  Result = 4,
}

/** RFC 6886 §3. */
const enum Message {
  Address = 0,
  LastOpcode = 2,
  Reply = 0x80,
  LastResult = 5,
  RequestOctets = 12,
  AddressReplyOctets = 12,
  MapReplyOctets = 16,
}

export const natPmp: Protocol = {
  name: 'nat-pmp',
  title: 'NAT Port Mapping Protocol',
  evidence: 'an operation of RFC 6886 with its length, its reserved field and a lifetime, or its answer',
  transports: Transport.Udp,
  ports: [5351, 5350],
  first: [0],
  least: 2,
  elements: [
    { name: 'opcodes', type: ElementType.Unsigned, many: true },
    { name: 'externalAddress', type: ElementType.Ipv4 },
    { name: 'internalPort', type: ElementType.Unsigned },
    { name: 'externalPort', type: ElementType.Unsigned },
    { name: 'result', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const opcode = octets[from + 1];
    const length = flow.wireOctets;
    if (to - from < length) return Verdict.NoMatch;
    if (opcode === Message.Address) {
      // Two zeros say nothing but where such requests go to.
      const isPort = flow.destinationPort === 5351;
      return length === 2 && isPort ? Verdict.Likely : Verdict.NoMatch;
    }
    if (opcode <= Message.LastOpcode) {
      const isGood =
        length === Message.RequestOctets &&
        u16(octets, from + 2) === 0 &&
        u16(octets, from + 4) !== 0 &&
        u32(octets, from + 8) <= 0x20_0000;
      if (!isGood) return Verdict.NoMatch;
      // The removal of a mapping is nearly all zeros.
      return u32(octets, from + 8) === 0 ? Verdict.Likely : Verdict.Match;
    }
    const replied = opcode - Message.Reply;
    if (replied < 0 || replied > Message.LastOpcode || u16(octets, from + 2) > Message.LastResult)
      return Verdict.NoMatch;
    const expected = replied === Message.Address ? Message.AddressReplyOctets : Message.MapReplyOctets;
    return length === expected ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < 2 || ++flow.words[flow.memory] > 16) return Extract.End;
      const { out } = flow;
      const opcode = octets[from + 1];
      out.unsigned(Place.Opcodes, opcode);
      if (opcode < Message.Reply) {
        if (opcode === Message.Address || to - from < Message.RequestOctets) return 1;
        out.unsigned(Place.InternalPort, u16(octets, from + 4));
        return 1;
      }
      if (to - from < Message.AddressReplyOctets) return 1;
      out.unsigned(Place.Result, u16(octets, from + 2));
      if (opcode === Message.Reply) out.ipv4(Place.ExternalAddress, octets, from + 8);
      else out.unsigned(Place.ExternalPort, u16(octets, from + 10));
      return 1;
    },
  },
};
