import { crcHdlc } from '../crc16.js';
import { u16le } from '../little-endian.js';
import { u16 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** A frame of HDLC type 3: flag, format and length in two octets, …, check sequence, flag (IEC 62056-46 §6.4). */
const enum Frame {
  Flag = 0x7e,
  Format = 0xa0,
  Least = 7,
  Longest = 2_047,
}

/** The wrapper of IEC 62056-47 §6.3: version, both wrapper ports, length, then an APDU. */
const enum Wrapper {
  Version = 1,
  Source = 2,
  Destination = 4,
  Length = 6,
  Octets = 8,
  /** Ports of clients and of the logical devices of a meter. */
  LastPort = 0x00ff,
  Longest = 8_192,
}

export const iec62056: Protocol = {
  name: 'iec62056',
  title: 'DLMS/COSEM, the reading of meters',
  evidence: 'a frame of HDLC type 3 whose length and check sequence fit, or the wrapper with an APDU that exists',
  transports: Transport.Both,
  ports: [4059],
  first: [0, Frame.Flag],
  least: Frame.Least + 2,

  recognise(octets, from, to, flow) {
    return octets[from] === 0 ? recogniseWrapper(octets, from, to, flow) : recogniseFrame(octets, from, to, flow);
  },
};

function recogniseFrame(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  if ((octets[from + 1] & 0xf0) !== Frame.Format) return Verdict.NoMatch;
  const length = u16(octets, from + 1) & Frame.Longest;
  const end = from + 1 + length;
  if (length < Frame.Least) return Verdict.NoMatch;
  if (end >= to) return flow.transport === Transport.Tcp ? Verdict.NeedMore : Verdict.NoMatch;
  if (octets[end] !== Frame.Flag) return Verdict.NoMatch;
  return crcHdlc(octets, from + 1, end - 2) === u16le(octets, end - 2) ? Verdict.Match : Verdict.NoMatch;
}

function recogniseWrapper(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const source = u16(octets, from + Wrapper.Source);
  const destination = u16(octets, from + Wrapper.Destination);
  const length = u16(octets, from + Wrapper.Length);
  if (u16(octets, from) !== Wrapper.Version || length < 2 || length > Wrapper.Longest) return Verdict.NoMatch;
  if (source === 0 || destination === 0 || source > Wrapper.LastPort || destination > Wrapper.LastPort)
    return Verdict.NoMatch;
  if (!isApdu(octets[from + Wrapper.Octets])) return Verdict.NoMatch;
  if (flow.transport === Transport.Udp)
    return flow.wireOctets === Wrapper.Octets + length ? Verdict.Match : Verdict.NoMatch;
  const next = from + Wrapper.Octets + length;
  if (next > to) return Verdict.NeedMore;
  // What follows is another one.
  return next === to || octets[next] === 0 ? Verdict.Match : Verdict.NoMatch;
}

/** Association, get, set and action with their answers, notification, and the same encrypted (IEC 62056-53). */
function isApdu(tag: number): boolean {
  return (
    (tag >= 0x60 && tag <= 0x63) ||
    (tag >= 0xc0 && tag <= 0xc7 && tag !== 0xc6) ||
    (tag >= 0xc8 && tag <= 0xcf) ||
    (tag >= 0xd0 && tag <= 0xd8) ||
    (tag >= 0xdb && tag <= 0xdd) ||
    tag === 0x0e ||
    tag === 0x0f ||
    tag === 0x01
  );
}
