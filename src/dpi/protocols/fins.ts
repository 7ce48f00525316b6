import { ascii, startsWith, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('FINS');

/** Header of a FINS frame: what it is, reserved, gateways, net, node and unit of both ends, service id, command. */
const enum Frame {
  Reserved = 1,
  Gateways = 2,
  DestinationNet = 3,
  DestinationUnit = 5,
  SourceNet = 6,
  SourceUnit = 8,
  Command = 10,
  Octets = 12,
  MostGateways = 7,
  LastNet = 127,
}

/** The same over TCP: magic, length, command and error, 32 bits each. */
const enum Header {
  Length = 4,
  Command = 8,
  Error = 12,
  Octets = 16,
  LastCommand = 7,
  Longest = 4_096,
}

export const fins: Protocol = {
  name: 'fins',
  title: 'Omron FINS',
  evidence:
    'over TCP its magic with length, command and error; over UDP a frame header with nets, units and a command that exist',
  transports: Transport.Both,
  ports: [9600],
  first: [MAGIC[0], 0x80, 0x81, 0xc0, 0xc1],
  least: Frame.Octets,

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return isFrame(octets, from) ? Verdict.Match : Verdict.NoMatch;
    if (!startsWith(octets, from, to, MAGIC)) return Verdict.NoMatch;
    if (to - from < Header.Octets) return Verdict.NeedMore;
    const length = u32(octets, from + Header.Length);
    const isHeader =
      length >= 8 &&
      length <= Header.Longest &&
      u32(octets, from + Header.Command) <= Header.LastCommand &&
      u32(octets, from + Header.Error) <= 0xff;
    return isHeader ? Verdict.Match : Verdict.NoMatch;
  },
};

function isFrame(octets: Uint8Array, from: number): boolean {
  return (
    (octets[from] & 0x3e) === 0 &&
    octets[from + Frame.Reserved] === 0 &&
    octets[from + Frame.Gateways] <= Frame.MostGateways &&
    octets[from + Frame.DestinationNet] <= Frame.LastNet &&
    octets[from + Frame.SourceNet] <= Frame.LastNet &&
    isUnit(octets[from + Frame.DestinationUnit]) &&
    isUnit(octets[from + Frame.SourceUnit]) &&
    isCommand(octets[from + Frame.Command], octets[from + Frame.Command + 1])
  );
}

/** The processor, a board in a bus, an inner board, the network. */
function isUnit(unit: number): boolean {
  return unit === 0 || (unit >= 0x10 && unit <= 0x1f) || unit === 0xe1 || unit === 0xfe;
}

/** Memory, parameters, programs, modes, controller data, status, time, messages, access, errors, files, forced bits. */
function isCommand(main: number, sub: number): boolean {
  return ((main >= 1 && main <= 0x0d) || (main >= 0x20 && main <= 0x28)) && sub <= 0x30;
}
