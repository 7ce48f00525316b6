import { u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Octets that choose the transport of MTProto: one, or four equal ones. */
const enum Choice {
  Abridged = 0xef,
  Intermediate = 0xee,
  Padded = 0xdd,
}

/** Calls through a relay: a tag of 16 octets, then twelve that are all set in what is meant for the relay. */
const enum Relay {
  TagOctets = 16,
  SetOctets = 12,
}

const LONGEST = 0x10_0000;

export const telegram: Protocol = {
  name: 'telegram',
  title: 'Telegram: MTProto, and calls through its relays',
  evidence:
    'the octets that choose a transport, and a first message without key; a relay message with its 12 set octets',
  transports: Transport.Both,
  ports: [],
  mark: { at: Relay.TagOctets, mask: 0xffff_ffff, value: 0xffff_ffff },

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) return recogniseRelay(octets, from, to);
    switch (octets[from] as Choice) {
      case Choice.Abridged:
        // Words of the message, then a key identifier of zero: the keys are yet to be agreed.
        if (to - from < 10) return Verdict.NeedMore;
        return octets[from + 1] < 0x7f && isZero(octets, from + 2, from + 10) ? Verdict.Match : Verdict.NoMatch;
      case Choice.Intermediate:
      case Choice.Padded: {
        const count = Math.min(4, to - from);
        for (let n = 1; n < count; n++) if (octets[from + n] !== octets[from]) return Verdict.NoMatch;
        if (to - from < 16) return Verdict.NeedMore;
        const length = octets[from + 4] | (octets[from + 5] << 8) | (octets[from + 6] << 16) | (octets[from + 7] << 24);
        return length >= 20 && length < LONGEST ? Verdict.Match : Verdict.NoMatch;
      }
      default:
        return Verdict.NoMatch;
    }
  },
};

function recogniseRelay(octets: Uint8Array, from: number, to: number): Verdict {
  if (to - from < Relay.TagOctets + Relay.SetOctets + 4) return Verdict.NoMatch;
  for (let n = 0; n < Relay.SetOctets; n++) if (octets[from + Relay.TagOctets + n] !== 0xff) return Verdict.NoMatch;
  // The tag is random.
  return u32(octets, from) !== 0 && u32(octets, from) !== 0xffff_ffff && u32(octets, from) !== u32(octets, from + 4)
    ? Verdict.Match
    : Verdict.NoMatch;
}

function isZero(octets: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (octets[p] !== 0) return false;
  return true;
}
