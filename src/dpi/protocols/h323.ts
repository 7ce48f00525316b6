import { ascii, find, u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Display = 1,
  Called = 2,
  Calling = 3,
}

/** TPKT (RFC 1006 §6): version 3, reserved, length; then Q.931 (§4.1): discriminator 8, reference, message type. */
const enum Header {
  Tpkt = 4,
  Version = 3,
  Discriminator = 0x08,
  Least = 9,
}

/** Information elements of Q.931 §4.5. */
const enum Item {
  Display = 0x28,
  Calling = 0x6c,
  Called = 0x70,
  UserUser = 0x7e,
}

/** The object identifier of H.245, itu-t recommendation h 245 version, as PER writes it behind its length. */
const MEDIA_CONTROL = ascii('\x06\x00\x08\x81\x75\x00');
const SEARCHED_OCTETS = 16;

const MOST_ITEMS = 16;
const MOST_MESSAGES = 8;

export const h323: Protocol = {
  name: 'h323',
  title: 'H.323 call signalling (H.225.0) and media control (H.245)',
  evidence: 'a TPKT that holds a message of Q.931, or the object identifier of H.245',
  transports: Transport.Tcp,
  ports: [1720],
  first: [Header.Version],
  least: Header.Tpkt + 5,
  elements: [
    { name: 'messages', type: ElementType.Unsigned, many: true },
    { name: 'display', type: ElementType.Text },
    { name: 'called', type: ElementType.Text },
    { name: 'calling', type: ElementType.Text },
  ],

  recognise(octets, from, to) {
    const q931 = from + Header.Tpkt;
    const reference = octets[q931 + 1];
    if (find(octets, q931, Math.min(to, q931 + SEARCHED_OCTETS), MEDIA_CONTROL) > 0) return Verdict.Match;
    if (octets[from + 1] !== 0 || u16(octets, from + 2) < Header.Least || octets[q931] !== Header.Discriminator)
      return Verdict.NoMatch;
    if (reference > 2 || q931 + 2 + reference >= to) return Verdict.NoMatch;
    return isMessage(octets[q931 + 2 + reference]) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Tpkt) return Extract.More;
      const length = u16(octets, from + 2);
      if (octets[from] !== Header.Version || length < Header.Tpkt + 1) return Extract.EndDirection;
      if (to - from < length && !flow.isLast) return Extract.More;
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      if (to > from + Header.Tpkt && octets[from + Header.Tpkt] !== Header.Discriminator) return Extract.EndDirection;
      write(octets, from + Header.Tpkt, Math.min(to, from + length), flow);
      return length;
    },
  },
};

/** Messages of calls: alerting to release complete, facility, progress, notify, status. */
function isMessage(type: number): boolean {
  return (type >= 0x01 && type <= 0x0f) || (type >= 0x45 && type <= 0x7d);
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const type = from + 2 + octets[from + 1];
  if (type >= to) return;
  out.unsigned(Place.Messages, octets[type]);
  for (let p = type + 1, n = 0; p + 2 <= to && n < MOST_ITEMS; n++) {
    if (octets[p] & 0x80) {
      p++;
      continue;
    }
    if (octets[p] === Item.UserUser) return;
    const end = p + 2 + octets[p + 1];
    if (end > to) return;
    if (octets[p] === Item.Display) out.text(Place.Display, octets, p + 2, end);
    else if (octets[p] === Item.Called) out.text(Place.Called, octets, p + 3, end);
    else if (octets[p] === Item.Calling) {
      // An octet more where the upper bit of the first is not set.
      out.text(Place.Calling, octets, p + (octets[p + 2] & 0x80 ? 3 : 4), end);
    }
    p = end;
  }
}
