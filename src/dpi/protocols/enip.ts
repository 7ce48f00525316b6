import { isZero, u16le, u32le } from '../little-endian.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
  Services = 1,
  Data = 2,
}

/** Encapsulation header (EtherNet/IP §2-3), least significant octet first. */
const enum Header {
  Length = 2,
  Status = 8,
  Options = 20,
  Octets = 24,
}

const enum Command {
  Nop = 0x00,
  ListServices = 0x04,
  ListIdentity = 0x63,
  ListInterfaces = 0x64,
  Register = 0x65,
  Unregister = 0x66,
  SendData = 0x6f,
  SendUnit = 0x70,
  IndicateStatus = 0x72,
  Cancel = 0x73,
}

const enum Item {
  Connected = 0xb1,
  Unconnected = 0xb2,
}

const PORT = 44_818;
const MOST_MESSAGES = 64;

export const enip: Protocol = {
  name: 'enip',
  title: 'EtherNet/IP encapsulation',
  evidence: 'an encapsulation header with a known command and status, options 0, and a length that fits',
  transports: Transport.Both,
  ports: [PORT],
  least: Header.Octets,
  first: [0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70, 0x72, 0x73],
  elements: [
    { name: 'commands', type: ElementType.Unsigned, many: true },
    { name: 'services', type: ElementType.Unsigned, many: true },
    { name: 'data', type: ElementType.Octets, max: 200, ie: 'ethernetIPData' },
  ],

  recognise(octets, from, to, flow) {
    if (!isHeader(octets, from)) return Verdict.NoMatch;
    const length = u16le(octets, from + Header.Length);
    if (flow.transport === Transport.Udp && flow.wireOctets !== Header.Octets + length) return Verdict.NoMatch;
    if (octets[from] === Command.Nop) return nothing(octets, from, to, flow, length);
    // A question without data is a number and zeros.
    if (length === 0 && flow.sourcePort !== PORT && flow.destinationPort !== PORT) return Verdict.NoMatch;
    const end = from + Header.Octets + length;
    if (to < end && flow.transport === Transport.Tcp) return flow.isLast ? Verdict.Likely : Verdict.NeedMore;
    return to < end + Header.Octets || isHeader(octets, end) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (!isHeader(octets, from)) return Extract.EndDirection;
      const length = Header.Octets + u16le(octets, from + Header.Length);
      if (to - from < Math.min(length, 512) && !flow.isLast) return Extract.More;
      write(octets, from, Math.min(to, from + length), flow);
      return ++flow.words[flow.memory] >= MOST_MESSAGES ? Extract.End : length;
    },
  },
};

/** A header that begins with zeros says little: with a sender, with its whole data, and on its port. */
function nothing(octets: Uint8Array, from: number, to: number, flow: FlowView, length: number): Verdict {
  const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
  const isWhole = to - from === Header.Octets + length && !isZero(octets, from + 4, to);
  return isPort && isWhole ? Verdict.Likely : Verdict.NoMatch;
}

function isHeader(octets: Uint8Array, from: number): boolean {
  const command = u16le(octets, from);
  const isKnown =
    command === Command.Nop ||
    command === Command.ListServices ||
    (command >= Command.ListIdentity && command <= Command.Unregister) ||
    command === Command.SendData ||
    command === Command.SendUnit ||
    command === Command.IndicateStatus ||
    command === Command.Cancel;
  const status = u32le(octets, from + Header.Status);
  const isStatus = status <= 3 || status === 0x64 || status === 0x65 || status === 0x69 || status === 0x6a;
  return isKnown && isStatus && u32le(octets, from + Header.Options) === 0;
}

/** Commands, and the service of CIP in the last item of the common packet format. */
function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const command = octets[from];
  flow.out.unsigned(Place.Commands, command);
  if (flow.words[flow.memory] === 0) flow.out.octets(Place.Data, octets, from, to);
  if (command !== Command.SendData && command !== Command.SendUnit) return;
  let p = from + Header.Octets + 8;
  for (let n = 0; n < 4 && p + 4 < to; n++) {
    const type = u16le(octets, p);
    const value = p + 4 + (type === Item.Connected ? 2 : 0);
    if ((type === Item.Connected || type === Item.Unconnected) && value < to) {
      flow.out.unsigned(Place.Services, octets[value]);
      return;
    }
    p += 4 + u16le(octets, p + 2);
  }
}
