import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';
import { followRtp, looksLikeRtp, RTP_WORDS } from '../rtp-packet.js';

const enum Place {
  PayloadType = 0,
  Source = 1,
}

/** How well packets of one direction must have followed each other: two in a row, or three. */
const ENOUGH = 3;
const MOST_FRAMES = 8;
const LEAST = 12;

export const rtp: Protocol = {
  name: 'rtp',
  title: 'Real-time Transport Protocol',
  evidence: 'packets of one direction that have one source and sequence numbers that follow each other (RFC 3550 §5.1)',
  transports: Transport.Both,
  ports: [5004],
  words: 2 * RTP_WORDS,
  elements: [
    { name: 'payloadTypes', type: ElementType.Unsigned, many: true, ie: 'rtpPayloadType' },
    { name: 'sources', type: ElementType.Unsigned, many: true },
  ],

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Tcp) return recogniseFrames(octets, from, to, flow);
    if (!looksLikeRtp(octets, from, to)) return Verdict.NoMatch;
    const count = followRtp(octets, from, flow.words, flow.memory + RTP_WORDS * flow.direction);
    return count >= ENOUGH ? Verdict.Match : Verdict.NeedMore;
  },

  extractor: {
    words: 3,
    extract(octets, from, to, flow) {
      const { out, words, memory } = flow;
      const isTcp = flow.transport === Transport.Tcp;
      const start = isTcp ? from + 2 : from;
      if (++words[memory + 2] > 16) return Extract.End;
      if (looksLikeRtp(octets, start, to)) {
        const seen = memory + flow.direction;
        if (words[seen] === 0) {
          out.unsigned(Place.PayloadType, octets[start + 1] & 0x7f);
          out.unsigned(Place.Source, u32(octets, start + 8));
          words[seen] = 1;
        }
      }
      if (isTcp || (words[memory] !== 0 && words[memory + 1] !== 0)) return isTcp ? Extract.EndDirection : Extract.End;
      return 1;
    },
  },
};

/** Over TCP the length stands in front of each packet (RFC 4571 §2). */
function recogniseFrames(octets: Uint8Array, from: number, to: number, flow: FlowView): Verdict {
  const at = flow.memory + RTP_WORDS * flow.direction;
  flow.words[at + 1] = 0;
  for (let p = from, n = 0; n < MOST_FRAMES; n++) {
    if (p + 2 + LEAST > to) return Verdict.NeedMore;
    const end = p + 2 + u16(octets, p);
    if (end > to) return octets[p + 2] >>> 6 === 2 ? Verdict.NeedMore : Verdict.NoMatch;
    if (!looksLikeRtp(octets, p + 2, end)) return Verdict.NoMatch;
    const count = followRtp(octets, p + 2, flow.words, at);
    if (count >= ENOUGH && n >= 2) return Verdict.Match;
    if (n > 0 && count < 2) return Verdict.NoMatch;
    p = end;
  }
  return Verdict.NoMatch;
}
