import { u16, u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';
import { countRtcp } from '../rtp-packet.js';

const enum Place {
  Sources = 0,
  Names = 1,
}

const enum Type {
  Description = 202,
  /** Item of a description: the name that outlives restarts (RFC 3550 §6.5.1). */
  CanonicalName = 1,
}

/** Version 2, with or without padding, any count. */
const FIRST = Array.from({ length: 64 }, (_, count) => 0x80 + count);

const MOST_PACKETS = 16;
const MOST_DATAGRAMS = 4;

export const rtcp: Protocol = {
  name: 'rtcp',
  title: 'RTP Control Protocol',
  evidence:
    'packets of a known type whose lengths fill the datagram (RFC 3550 §6.1), or reports of the length that their counts ask for',
  transports: Transport.Udp,
  ports: [5005],
  first: FIRST,
  // A type from 200 to 207.
  mark: { at: 0, mask: 0x00f8_0000, value: 0x00c8_0000 },
  least: 8,
  elements: [
    { name: 'sources', type: ElementType.Unsigned, many: true },
    { name: 'canonicalNames', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to) {
    return countRtcp(octets, from, to) > 0 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { out, words, memory } = flow;
      if (words[memory]++ >= MOST_DATAGRAMS) return Extract.End;
      for (let p = from, n = 0; p + 8 <= to && n < MOST_PACKETS; n++) {
        const end = p + 4 + 4 * u16(octets, p + 2);
        if (octets[p] >>> 6 !== 2 || end > to) break;
        if (n === 0) out.unsigned(Place.Sources, u32(octets, p + 4));
        if (octets[p + 1] === Type.Description && p + 10 <= end && octets[p + 8] === Type.CanonicalName) {
          out.text(Place.Names, octets, p + 10, Math.min(end, p + 10 + octets[p + 9]));
        }
        p = end;
      }
      return 1;
    },
  },
};
