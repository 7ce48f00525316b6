import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { isProfinet } from './profinet_io.js';

const enum Place {
  Interfaces = 0,
  Operations = 1,
  PacketTypes = 2,
  Fault = 3,
}

/** Connection-oriented PDUs (C706 §12.6), and connectionless ones (§12.5). */
const enum Pdu {
  HeaderOctets = 16,
  Request = 0,
  Response = 2,
  Fault = 3,
  Bind = 11,
  BindAck = 12,
  BindNak = 13,
  Alter = 14,
  AlterResponse = 15,
  LastStream = 19,
  /** The data representation's integer format, 0x10 for little endian, and character format in the first octet. */
  LittleEndian = 0x10,
  DatagramOctets = 80,
  DatagramVersion = 4,
  LastDatagram = 10,
  Interface = 24,
  Operation = 68,
  BodyLength = 74,
}
const MOST_PDUS = 256;

const enum Refined {
  Profinet = 0,
}

export const dcerpc: Protocol = {
  name: 'dcerpc',
  title: 'DCE/RPC, over TCP and UDP',
  evidence: 'version, packet type, data representation and lengths of a PDU that fit each other',
  transports: Transport.Both,
  ports: [135, 593, 34964],
  first: [4, 5],
  least: 3,
  refines: ['profinet_io'],
  refinesLabels: true,
  elements: [
    { name: 'interfaces', type: ElementType.Octets, many: true, max: 16 },
    { name: 'operations', type: ElementType.Unsigned, many: true },
    { name: 'packetTypes', type: ElementType.Unsigned, many: true },
    { name: 'fault', type: ElementType.Unsigned },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return recogniseDatagram(octets, from, to, flow);
    const type = octets[from + 2];
    if (octets[from] !== 5 || octets[from + 1] > 1 || type > Pdu.LastStream) return Verdict.NoMatch;
    if (to - from < Pdu.HeaderOctets) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    if (!isHeader(octets, from)) return Verdict.NoMatch;
    const length = little16(octets, from + 8, from);
    const authentication = little16(octets, from + 10, from);
    if (length < Pdu.HeaderOctets + 2 || authentication > length - Pdu.HeaderOctets) return Verdict.NoMatch;
    return Verdict.Match;
  },

  extractor: {
    words: 1,
    window: 8_192,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Udp) {
        if (++flow.words[flow.memory] > MOST_PDUS) return flow.out.stop();
        if (to - from < Pdu.DatagramOctets) return 1;
        writeDatagram(octets, from, flow);
        if (flow.words[flow.memory] === 1 && isProfinet(octets, from)) flow.refine(Refined.Profinet, false);
        return flow.wantsMetadata ? 1 : Extract.End;
      }
      if (!flow.wantsMetadata) return Extract.End;
      if (to - from < Pdu.HeaderOctets) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (!isHeader(octets, from)) return Extract.EndDirection;
      const length = little16(octets, from + 8, from);
      if (length < Pdu.HeaderOctets) return Extract.EndDirection;
      if (to - from < Math.min(length, 512) && !flow.isLast) return Extract.More;
      if (++flow.words[flow.memory] > MOST_PDUS) return flow.out.stop();
      writePdu(octets, from, Math.min(to, from + length), flow);
      return length;
    },
  },
};

/** Version 5.0 or 5.1, no flag that is not defined, a data representation with three zeros or so. */
function isHeader(octets: Uint8Array, at: number): boolean {
  return octets[at] === 5 && octets[at + 1] <= 1 && isRepresentation(octets, at + 4) && octets[at + 7] === 0;
}

/** Integers big or little endian, ASCII or EBCDIC; floating point of four kinds; a zero. */
function isRepresentation(octets: Uint8Array, at: number): boolean {
  return (octets[at] & 0xee) === 0 && octets[at + 1] <= 3 && octets[at + 2] === 0;
}

function recogniseDatagram(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if (to - from < Pdu.DatagramOctets || octets[from] !== Pdu.DatagramVersion) return Verdict.NoMatch;
  const isGood =
    octets[from + 1] <= Pdu.LastDatagram &&
    (octets[from + 2] & 0x80) === 0 &&
    (octets[from + 3] & 0xfc) === 0 &&
    isRepresentation(octets, from + 4);
  const body = isLittle(octets, from + 4)
    ? octets[from + Pdu.BodyLength] | (octets[from + Pdu.BodyLength + 1] << 8)
    : (octets[from + Pdu.BodyLength] << 8) | octets[from + Pdu.BodyLength + 1];
  return isGood && body + Pdu.DatagramOctets === flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
}

function isLittle(octets: Uint8Array, representation: number): boolean {
  return (octets[representation] & Pdu.LittleEndian) !== 0;
}

/** Two octets at `at` in the order of the PDU at `pdu`. */
function little16(octets: Uint8Array, at: number, pdu: number): number {
  return isLittle(octets, pdu + 4) ? octets[at] | (octets[at + 1] << 8) : (octets[at] << 8) | octets[at + 1];
}

function writePdu(octets: Uint8Array, at: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const type = octets[at + 2];
  out.unsigned(Place.PacketTypes, type);
  if ((type === Pdu.Bind || type === Pdu.Alter) && at + 28 <= to) {
    // Contexts of 44 octets with one transfer syntax each, as they mostly are.
    let p = at + 28;
    for (let n = 0; n < Math.min(8, octets[at + 24]) && p + 24 <= to; n++) {
      out.octets(Place.Interfaces, octets, p + 4, p + 20);
      p += 24 + 20 * octets[p + 2];
    }
  } else if (type === Pdu.Request && at + 24 <= to) out.unsigned(Place.Operations, little16(octets, at + 22, at));
  else if (type === Pdu.Fault && at + 28 <= to) {
    out.unsigned(Place.Fault, little16(octets, at + 24, at) + 65_536 * little16(octets, at + 26, at));
  }
}

function writeDatagram(octets: Uint8Array, at: number, flow: FlowView): void {
  const { out } = flow;
  out.unsigned(Place.PacketTypes, octets[at + 1]);
  if (octets[at + 1] !== Pdu.Request) return;
  out.octets(Place.Interfaces, octets, at + Pdu.Interface, at + Pdu.Interface + 16);
  out.unsigned(Place.Operations, little16(octets, at + Pdu.Operation, at));
}
