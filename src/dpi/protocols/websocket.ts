import { u16 } from '../octets.js';
import { type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

/** A frame (RFC 6455 §5.2): last one and operation, mask and length, mask. */
const enum Frame {
  Text = 0x81,
  Masked = 0x80,
  Length = 0x7f,
  TwoOctets = 126,
}

/** Octets of text that are looked at, and the fewest that say something. */
const enum Bound {
  Text = 256,
  Least = 12,
}

export const websocket: Protocol = {
  name: 'websocket',
  title: 'WebSocket',
  evidence:
    'an HTTP connection that was upgraded (RFC 6455 §4); from the middle of one, frames of text that follow each other',
  transports: Transport.Tcp,
  ports: [],
  first: [Frame.Text],
  least: 2,

  recognise(octets, from, to, flow) {
    // A connection begins as HTTP, which refines to it.
    return flow.isStart ? Verdict.NoMatch : recogniseText(octets, from, to, flow);
  },
};

/** One frame of text, all there, that nothing or another frame follows. */
function recogniseText(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const isMasked = (octets[from + 1] & Frame.Masked) !== 0;
  const short = octets[from + 1] & Frame.Length;
  if (short > Frame.TwoOctets || short < Bound.Least) return Verdict.NoMatch;
  const mask = from + (short === Frame.TwoOctets ? 4 : 2);
  if (mask > to) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  const length = short === Frame.TwoOctets ? u16(octets, from + 2) : short;
  const text = mask + (isMasked ? 4 : 0);
  const end = text + length;
  if (end > to) return flow.isLast || to - from > Bound.Text * 16 ? Verdict.NoMatch : Verdict.NeedMore;
  for (let p = text; p < end && p < text + Bound.Text; p++) {
    const octet = isMasked ? octets[p] ^ octets[mask + ((p - text) & 3)] : octets[p];
    if ((octet < 0x20 && octet !== 0x0a && octet !== 0x0d && octet !== 0x09) || octet === 0x7f) return Verdict.NoMatch;
  }
  if (end < to && (octets[end] & 0x70) !== 0) return Verdict.NoMatch;
  return Verdict.Match;
}
