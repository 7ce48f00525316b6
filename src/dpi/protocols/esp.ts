import { u32 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Spis = 0,
}

const enum Header {
  Sequence = 4,
  /** With the shortest initialisation vector, content and check value. */
  Least = 32,
  /** Lower ones are reserved (RFC 4303 §2.1). */
  LeastSpi = 256,
  MostApart = 64,
}

const PORT = 4500;
const KEEPALIVE = 0xff;

/** Words of each direction: SPI and sequence number. */
const enum Memory {
  Words = 2,
}

export const esp: Protocol = {
  name: 'esp',
  title: 'IPsec ESP within UDP',
  evidence: 'on port 4500 (RFC 3948): datagrams of one SPI whose sequence numbers follow each other, or keepalives',
  transports: Transport.Udp,
  ports: [PORT],
  needsPort: true,
  words: 2 * Memory.Words,
  elements: [{ name: 'spis', type: ElementType.Unsigned, many: true }],

  recognise(octets, from, to, flow) {
    if (flow.sourcePort !== PORT && flow.destinationPort !== PORT) return Verdict.NoMatch;
    if (flow.wireOctets === 1 && octets[from] === KEEPALIVE) return Verdict.NeedMore;
    if (to - from < Header.Least || u32(octets, from) < Header.LeastSpi) return Verdict.NoMatch;
    const { words } = flow;
    const at = flow.memory + Memory.Words * flow.direction;
    const spi = u32(octets, from) | 0;
    const sequence = u32(octets, from + Header.Sequence) | 0;
    const apart = (sequence - words[at + 1]) | 0;
    const follows = words[at] === spi && apart >= 1 && apart <= Header.MostApart;
    words[at] = spi;
    words[at + 1] = sequence;
    // The first packets of an association have small numbers.
    if (follows || (sequence >= 1 && sequence <= Header.MostApart)) return Verdict.Match;
    return Verdict.NeedMore;
  },

  extractor: {
    extract(octets, from, to, flow) {
      if (to - from >= 4) flow.out.unsigned(Place.Spis, u32(octets, from));
      return Extract.End;
    },
  },
};
