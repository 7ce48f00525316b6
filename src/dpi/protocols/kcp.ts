import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** A segment, little-endian: conversation, command, fragments to come, window, time, number, next one expected, length. */
const enum Segment {
  Octets = 24,
  Command = 4,
  Window = 6,
  Length = 20,
  FirstCommand = 81,
  LastCommand = 84,
}

const MOST_SEGMENTS = 64;

export const kcp: Protocol = {
  name: 'kcp',
  title: 'KCP, a reliable transport over UDP',
  evidence: 'segments of one conversation with known commands whose lengths fill the datagram',
  transports: Transport.Udp,
  ports: [],
  // A command from 81 to 84.
  mark: { at: Segment.Command, mask: 0xf800_0000, value: 0x5000_0000 },
  least: Segment.Octets,

  recognise(octets, from, to, flow) {
    if (to - from !== flow.wireOctets) return Verdict.NoMatch;
    const conversation = u32(octets, from);
    let p = from;
    for (let n = 0; p + Segment.Octets <= to && n < MOST_SEGMENTS; n++) {
      const command = octets[p + Segment.Command];
      if (u32(octets, p) !== conversation || command < Segment.FirstCommand || command > Segment.LastCommand)
        return Verdict.NoMatch;
      const length = octets[p + Segment.Length] | (octets[p + Segment.Length + 1] << 8);
      if (octets[p + Segment.Length + 2] | octets[p + Segment.Length + 3]) return Verdict.NoMatch;
      // Only the first command carries data; a window is open.
      if (command !== Segment.FirstCommand && length !== 0) return Verdict.NoMatch;
      if ((octets[p + Segment.Window] | octets[p + Segment.Window + 1]) === 0) return Verdict.NoMatch;
      p += Segment.Octets + length;
    }
    return p === to && conversation !== 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
