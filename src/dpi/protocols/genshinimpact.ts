import { u16le, u32le } from '../little-endian.js';
import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The datagrams that open, confirm and close a conversation: magic, conversation, token, data, magic. */
const enum Control {
  Octets = 20,
  Open = 0x0000_00ff,
  OpenEnd = 0xffff_ffff,
  Confirm = 0x0000_0145,
  ConfirmEnd = 0x1451_4545,
  Close = 0x0000_0194,
  CloseEnd = 0x1941_9494,
}

/** A segment of KCP with a token behind the conversation. */
const enum Segment {
  Token = 4,
  Command = 8,
  Window = 10,
  Length = 24,
  Octets = 28,
  FirstCommand = 81,
  LastCommand = 84,
}

const MOST_SEGMENTS = 64;

export const genshinImpact: Protocol = {
  name: 'genshinimpact',
  title: 'Genshin Impact and other games of its maker: KCP with a token',
  evidence:
    'a datagram between the magic numbers that open or close, or segments of one conversation and token that fill it',
  transports: Transport.Udp,
  ports: [22101, 22102],
  least: Control.Octets,

  recognise(octets, from, to, flow) {
    if (flow.wireOctets === Control.Octets) {
      const first = u32(octets, from);
      const last = u32(octets, from + 16);
      const isControl =
        (first === (Control.Open as number) && last === (Control.OpenEnd as number)) ||
        (first === (Control.Confirm as number) && last === (Control.ConfirmEnd as number)) ||
        (first === (Control.Close as number) && last === (Control.CloseEnd as number));
      return isControl ? Verdict.Match : Verdict.NoMatch;
    }
    if (to - from !== flow.wireOctets) return Verdict.NoMatch;
    let p = from;
    for (let n = 0; p + Segment.Octets <= to && n < MOST_SEGMENTS; n++) {
      const command = octets[p + Segment.Command];
      const length = u32le(octets, p + Segment.Length);
      const isOfConversation = u32(octets, p) === u32(octets, from) && u32(octets, p + 4) === u32(octets, from + 4);
      if (!isOfConversation || command < Segment.FirstCommand || command > Segment.LastCommand) return Verdict.NoMatch;
      if (length > 1_500 || (command !== Segment.FirstCommand && length !== 0)) return Verdict.NoMatch;
      if (u16le(octets, p + Segment.Window) === 0) return Verdict.NoMatch;
      p += Segment.Octets + length;
    }
    return p === to && u32(octets, from) !== 0 && u32(octets, from + Segment.Token) !== 0
      ? Verdict.Match
      : Verdict.NoMatch;
  },
};
