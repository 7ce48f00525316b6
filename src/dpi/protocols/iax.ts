import { octetsThat } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Called = 0,
  Calling = 1,
  User = 2,
}

/** RFC 5456 §8.1.1: a full frame has both call numbers, a time, two sequence numbers, type and subclass. */
const enum Frame {
  Octets = 12,
  OutSequence = 8,
  InSequence = 9,
  Type = 10,
  Subclass = 11,
  Full = 0x80,
  Control = 6,
  New = 1,
  LastSubclass = 40,
}

/** Information elements (§8.6). */
const enum Item {
  Called = 1,
  Calling = 2,
  User = 6,
}

const MOST_ITEMS = 32;

export const iax: Protocol = {
  name: 'iax',
  title: 'Inter-Asterisk eXchange, version 2',
  evidence: 'a full frame that asks for something with elements that fill it (RFC 5456 §8.1.1)',
  transports: Transport.Udp,
  ports: [4569],
  first: octetsThat((octet) => octet >= 0x80),
  mark: { at: Frame.OutSequence, mask: 0x0000_ff00, value: Frame.Control << 8 },
  least: Frame.Octets,
  elements: [
    { name: 'called', type: ElementType.Text },
    { name: 'calling', type: ElementType.Text },
    { name: 'user', type: ElementType.Text },
  ],

  recognise(octets, from, to, flow) {
    const subclass = octets[from + Frame.Subclass];
    if ((octets[from] & Frame.Full) === 0 || octets[from + Frame.Type] !== Frame.Control) return Verdict.NoMatch;
    if (subclass < Frame.New || subclass > Frame.LastSubclass || to - from !== flow.wireOctets) return Verdict.NoMatch;
    let p = from + Frame.Octets;
    if (p === to) return Verdict.NoMatch;
    for (let n = 0; p + 2 <= to && n < MOST_ITEMS; n++) {
      if (octets[p] === 0 || octets[p] > 64) return Verdict.NoMatch;
      p += 2 + octets[p + 1];
    }
    // The first frames of a call have small numbers.
    const isEarly = octets[from + Frame.OutSequence] < 8 && octets[from + Frame.InSequence] < 8;
    return p === to && isEarly ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    extract(octets, from, to, flow) {
      const { out } = flow;
      for (let p = from + Frame.Octets, n = 0; p + 2 <= to && n < MOST_ITEMS; n++) {
        const end = p + 2 + octets[p + 1];
        if (end > to) break;
        if (octets[p] === Item.Called) out.text(Place.Called, octets, p + 2, end);
        else if (octets[p] === Item.Calling) out.text(Place.Calling, octets, p + 2, end);
        else if (octets[p] === Item.User) out.text(Place.User, octets, p + 2, end);
        p = end;
      }
      return Extract.End;
    },
  },
};
