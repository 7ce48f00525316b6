import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Opcodes = 0,
  InternalPort = 1,
  ExternalPort = 2,
  Result = 3,
}

/** RFC 6887 §7. */
const enum Message {
  Version = 2,
  Reply = 0x80,
  LastOpcode = 3,
  LastResult = 13,
  HeaderOctets = 24,
  MapOctets = 60,
  Map = 1,
  Peer = 2,
  Longest = 1_100,
}

export const pcp: Protocol = {
  name: 'pcp',
  title: 'Port Control Protocol',
  evidence: 'version 2, an operation, zeros where RFC 6887 reserves them, and an address of the client',
  transports: Transport.Udp,
  ports: [5351, 5350],
  first: [Message.Version],
  least: Message.HeaderOctets,
  elements: [
    { name: 'opcodes', type: ElementType.Unsigned, many: true },
    { name: 'internalPort', type: ElementType.Unsigned },
    { name: 'externalPort', type: ElementType.Unsigned },
    { name: 'result', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    const opcode = octets[from + 1] & 0x7f;
    if (opcode > Message.LastOpcode || flow.wireOctets % 4 !== 0 || flow.wireOctets > Message.Longest)
      return Verdict.NoMatch;
    const isMapping = opcode === Message.Map || opcode === Message.Peer;
    if (isMapping ? !isMappingAt(octets, from, to) : flow.wireOctets !== Message.HeaderOctets) return Verdict.NoMatch;
    if (octets[from + 1] & Message.Reply) {
      const isGood = octets[from + 2] === 0 && octets[from + 3] <= Message.LastResult;
      const isReserved = u32(octets, from + 12) === 0 && u32(octets, from + 16) === 0 && u32(octets, from + 20) === 0;
      return isGood && isReserved ? Verdict.Match : Verdict.NoMatch;
    }
    if (u16(octets, from + 2) !== 0) return Verdict.NoMatch;
    // An address of IPv6, or of IPv4 in ::ffff:0:0/96.
    const isMapped = u32(octets, from + 8) === 0 && u32(octets, from + 12) === 0 && u32(octets, from + 16) === 0xffff;
    const high = octets[from + 8];
    return isMapped || (high >= 0x20 && high <= 0x3f) || high === 0xfd || high === 0xfe
      ? Verdict.Match
      : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Message.HeaderOctets || ++flow.words[flow.memory] > 16) return Extract.End;
      const { out } = flow;
      const opcode = octets[from + 1];
      out.unsigned(Place.Opcodes, opcode);
      if (opcode & Message.Reply) out.unsigned(Place.Result, octets[from + 3]);
      const isMapping = (opcode & 0x7f) === Message.Map || (opcode & 0x7f) === Message.Peer;
      if (!isMapping || to - from < Message.MapOctets) return 1;
      // Nonce, transport and three zeros, ports.
      out.unsigned(Place.InternalPort, u16(octets, from + 40));
      if (opcode & Message.Reply) out.unsigned(Place.ExternalPort, u16(octets, from + 42));
      return 1;
    },
  },
};

/** Whether zeros stand behind the transport protocol of a mapping. */
function isMappingAt(octets: Uint8Array, from: number, to: number): boolean {
  return to - from >= Message.MapOctets && octets[from + 37] === 0 && u16(octets, from + 38) === 0;
}
