import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Photon over UDP: peer, flags, count of commands, time, challenge; then commands that each say how long they are. */
const enum Packet {
  Flags = 2,
  Commands = 3,
  Challenge = 8,
  Octets = 12,
  /** With a check sum behind the challenge. */
  WithCheckSum = 0xcc,
  MostCommands = 64,
}

/** A command: kind, channel, flags, reserved, length of the whole, sequence. */
const enum Command {
  Length = 4,
  Octets = 12,
  FirstKind = 1,
  LastKind = 15,
}

/** How far what looks like commands must go. */
const LEAST_OCTETS = Packet.Octets + Command.Octets;

export const tocaBoca: Protocol = {
  name: 'tocaboca',
  title: 'Photon, the transport of Toca Boca and many other games',
  evidence: 'a count of commands, and as many commands whose lengths fill the datagram',
  transports: Transport.Udp,
  ports: [5055, 5056, 5058],
  // Flags and the count of commands.
  mark: { at: 0, mask: 0x0000_3080, value: 0 },
  least: LEAST_OCTETS,

  recognise(octets, from, to, flow) {
    const flags = octets[from + Packet.Flags];
    const count = octets[from + Packet.Commands];
    if (flags > 3 && flags !== Packet.WithCheckSum) return Verdict.NoMatch;
    if (count === 0 || count > Packet.MostCommands || to - from !== flow.wireOctets) return Verdict.NoMatch;
    let p = from + Packet.Octets + (flags === Packet.WithCheckSum ? 4 : 0);
    for (let n = 0; n < count; n++) {
      if (p + Command.Octets > to) return Verdict.NoMatch;
      const length = u32(octets, p + Command.Length);
      const isCommand =
        octets[p] >= Command.FirstKind &&
        octets[p] <= Command.LastKind &&
        octets[p + 2] <= 7 &&
        length >= Command.Octets &&
        length <= to - p;
      if (!isCommand) return Verdict.NoMatch;
      p += length;
    }
    if (p !== to) return Verdict.NoMatch;
    // A peer without number asks for one, others have a small one; the challenge is no zero.
    return u16(octets, from) === 0xffff || u32(octets, from + Packet.Challenge) !== 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
