import { crcCcitt } from '../crc16.js';
import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Telegram: length, version, protocol, sequence, kind, …, check sequence. */
const enum Telegram {
  Version = 4,
  Protocol = 5,
  Kind = 8,
  Least = 11,
  LastKind = 2,
}

export const etherSBus: Protocol = {
  name: 'ether-s-bus',
  title: 'Ether-S-Bus of Saia-Burgess controllers',
  evidence: 'the length of the datagram, version, kind and the check sequence',
  transports: Transport.Udp,
  ports: [5050],
  first: [0],
  least: Telegram.Least,

  recognise(octets, from, to, flow) {
    if (u32(octets, from) !== flow.wireOctets || to - from !== flow.wireOctets) return Verdict.NoMatch;
    const isHeader =
      octets[from + Telegram.Version] <= 1 &&
      octets[from + Telegram.Protocol] <= 1 &&
      octets[from + Telegram.Kind] <= Telegram.LastKind;
    if (!isHeader) return Verdict.NoMatch;
    return crcCcitt(octets, from, to - 2, 0) === u16(octets, to - 2) ? Verdict.Match : Verdict.NoMatch;
  },
};
