import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Message header: prologue, type, control code, parameter, length of the payload in 64 bits (IVI-6.1 §2.3). */
const enum Header {
  Prologue0 = 0x48,
  Prologue1 = 0x53,
  Type = 2,
  LengthHigh = 8,
  Octets = 16,
  LastType = 28,
}

export const hislip: Protocol = {
  name: 'hislip',
  title: 'HiSLIP, the LAN protocol of measuring instruments',
  evidence: 'the prologue HS, a known message type and a payload length whose upper half is zero',
  transports: Transport.Tcp,
  ports: [4880],
  first: [Header.Prologue0],
  least: Header.Octets,
  recognise: (octets, from): Verdict =>
    octets[from + 1] === Header.Prologue1 &&
    octets[from + Header.Type] <= Header.LastType &&
    u32(octets, from + Header.LengthHigh) === 0
      ? Verdict.Match
      : Verdict.NoMatch,
};
