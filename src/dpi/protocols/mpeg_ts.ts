import { type Protocol, Transport, Verdict } from '../protocol.js';

const enum Packet {
  Sync = 0x47,
  Octets = 188,
}

/** Transport streams of ISO 13818-1: packets of 188 octets. */
export const mpegTs: Protocol = {
  name: 'mpeg_ts',
  title: 'MPEG transport stream',
  evidence: 'packets of 188 octets that begin with 47, three or more in a row, or in datagrams of one',
  transports: Transport.Both,
  ports: [1234],
  first: [Packet.Sync],
  least: Packet.Octets,
  words: 1,
  recognise(octets, from, to, flow) {
    let count = 0;
    for (let p = from; p < to && count < 16; p += Packet.Octets) {
      // The adaptation field control 0 is reserved.
      if (octets[p] !== Packet.Sync || (p + 3 < to && (octets[p + 3] & 0x30) === 0)) return Verdict.NoMatch;
      count++;
    }
    if (flow.transport === Transport.Udp && flow.wireOctets % Packet.Octets !== 0) return Verdict.NoMatch;
    if (count >= 3) return Verdict.Match;
    if (flow.transport === Transport.Tcp) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
    return (flow.words[flow.memory] += count) >= 3 ? Verdict.Match : Verdict.NeedMore;
  },
};
