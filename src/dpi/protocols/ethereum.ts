import { u16 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** Discovery v4: hash (32), signature (64 and the recovery id), type, a list in RLP. */
const enum Packet {
  Recovery = 96,
  Type = 97,
  List = 98,
}

export const ethereum: Protocol = {
  name: 'ethereum',
  title: 'Ethereum: node discovery version 4, handshakes of peers (RLPx)',
  evidence: 'discovery: a recovery id, a type, a list whose length fits; peers: handshakes of both whose lengths fit',
  transports: Transport.Both,
  ports: [30303],
  // Recovery id and type.
  mark: { at: Packet.Recovery, mask: 0xfef8_0000, value: 0 },
  least: 100,
  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp) return peers(octets, from, to, flow);
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

/** A handshake of EIP-8: its length, then a point of a curve in uncompressed form; nothing else until the peer answers. */
function peers(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const end = from + 2 + u16(octets, from);
  const length = end - from;
  if (octets[from + 2] !== 4 || length < 196 || length > 1_024 || to > end) return Verdict.NoMatch;
  if (to < end) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const { otherOctets, otherFrom, otherTo } = flow;
  if (otherTo - otherFrom < 3) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const other = 2 + u16(otherOctets, otherFrom);
  const isPair = otherOctets[otherFrom + 2] === 4 && other >= 196 && other <= otherTo - otherFrom && other <= 1_024;
  return isPair ? Verdict.Match : Verdict.NoMatch;
}
