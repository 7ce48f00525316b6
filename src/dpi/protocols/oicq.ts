import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Account = 0,
}

/** Datagram: 02, version (2), command (2), sequence (2), account (4), …, 03. */
const enum Packet {
  Version = 1,
  Command = 3,
  Account = 7,
  Start = 2,
  End = 3,
}

export const oicq: Protocol = {
  name: 'oicq',
  title: 'QQ (OICQ)',
  evidence: 'a datagram between 02 and 03 with a known command and an account',
  transports: Transport.Udp,
  ports: [8000],
  first: [Packet.Start],
  least: 12,
  elements: [{ name: 'account', type: ElementType.Unsigned }],

  recognise(octets, from, to, flow) {
    const isWhole = to - from === flow.wireOctets;
    if (isWhole && octets[to - 1] !== Packet.End) return Verdict.NoMatch;
    const version = u16(octets, from + Packet.Version);
    const command = u16(octets, from + Packet.Command);
    const isKnown =
      isCommand(command) && version >= 0x0100 && version <= 0x3f00 && u32(octets, from + Packet.Account) >= 10_000;
    if (!isKnown) return Verdict.NoMatch;
    return isPort(flow) && isWhole ? Verdict.Match : Verdict.Likely;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from >= 11) flow.out.unsigned(Place.Account, u32(octets, from + Packet.Account));
      return Extract.End;
    },
  },
};

function isPort(flow: FlowView): boolean {
  return flow.sourcePort === 8_000 || flow.destinationPort === 8_000;
}

/** Commands of the client's protocol that have been described. */
function isCommand(command: number): boolean {
  if (command === 0) return false;
  return command <= 0x0100 || command === 0x0825 || command === 0x0826 || command === 0x0828 || command === 0x0836;
}
