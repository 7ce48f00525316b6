import { u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Discovery v4: hash (32), signature (64 and the recovery id), type, a list in RLP. */
const enum Packet {
  Recovery = 96,
  Type = 97,
  List = 98,
}

export const ethereum: Protocol = {
  name: 'ethereum',
  title: 'Ethereum node discovery, version 4',
  evidence: 'a recovery id, a known type, and a list whose length is that of the rest of the datagram',
  transports: Transport.Udp,
  ports: [30303],
  least: 100,
  recognise(octets, from, to, flow) {
    if (octets[from + Packet.Recovery] > 1 || octets[from + Packet.Type] < 1 || octets[from + Packet.Type] > 6)
      return Verdict.NoMatch;
    const list = octets[from + Packet.List];
    const rest = flow.wireOctets - Packet.List;
    let length = 0;
    if (list >= 0xc0 && list <= 0xf7) length = 1 + list - 0xc0;
    else if (list === 0xf8) length = 2 + octets[from + Packet.List + 1];
    else if (list === 0xf9 && to - from > 102) length = 3 + u16(octets, from + Packet.List + 1);
    if (length > 0 && length === rest) return Verdict.Match;
    // Data of later versions may follow the list (EIP-8).
    return length > 1 && length < rest && rest - length <= 64 ? Verdict.Likely : Verdict.NoMatch;
  },
};
