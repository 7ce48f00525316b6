import { ascii, find, indexOf, mayStartWith, startsWith } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  To = 0,
  From = 1,
  Mechanism = 2,
  StartTls = 3,
}

const DECLARATION = ascii('<?xml');
const STREAM = ascii('<stream:stream');
/** Begin when the start of the stream was not seen (RFC 6120 §8). */
const STANZAS: readonly Uint8Array[] = [ascii('<iq '), ascii('<message '), ascii('<presence ')];
const TYPE = ascii(' type=');
const CLIENT = ascii('jabber:client');
const SERVER = ascii('jabber:server');
const START_TLS = ascii('<starttls');
const PROCEED = ascii('<proceed');
const MECHANISM = ascii(' mechanism=');
const TO = ascii(' to=');
const FROM = ascii(' from=');

const enum Refined {
  Tls = 0,
}
const enum Bound {
  Header = 1_024,
  Tags = 64,
}

export const xmpp: Protocol = {
  name: 'xmpp',
  title: 'Extensible Messaging and Presence Protocol (Jabber), and TLS after STARTTLS',
  evidence: 'a stream header of RFC 6120 §4.2, or a stanza with its type',
  transports: Transport.Tcp,
  ports: [5222, 5269],
  first: [0x3c],
  refines: ['tls'],
  refinesLabels: true,
  elements: [
    { name: 'to', type: ElementType.Text },
    { name: 'from', type: ElementType.Text },
    { name: 'mechanism', type: ElementType.Text },
    { name: 'startTls', type: ElementType.Flag },
  ],

  recognise(octets, from, to, flow) {
    if (mayStartWith(octets, from, to, STREAM)) return to - from >= STREAM.length ? Verdict.Match : Verdict.NeedMore;
    for (let n = 0; n < STANZAS.length; n++) {
      if (!mayStartWith(octets, from, to, STANZAS[n])) continue;
      if (to - from < STANZAS[n].length + 12) return flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
      const end = indexOf(octets, from, Math.min(to, from + 256), 0x3e);
      return find(octets, from, end < 0 ? Math.min(to, from + 256) : end, TYPE) > 0 ? Verdict.Match : Verdict.NoMatch;
    }
    if (!mayStartWith(octets, from, to, DECLARATION)) return Verdict.NoMatch;
    const end = Math.min(to, from + Bound.Header);
    if (find(octets, from, end, STREAM) >= 0) return Verdict.Match;
    if (find(octets, from, end, CLIENT) >= 0 || find(octets, from, end, SERVER) >= 0) return Verdict.Match;
    return to - from >= Bound.Header || flow.isLast ? Verdict.NoMatch : Verdict.NeedMore;
  },

  extractor: {
    words: 1,
    window: 4_096,
    extract(octets, from, to, flow) {
      // Text between tags is skipped.
      if (octets[from] !== 0x3c) {
        const open = indexOf(octets, from, to, 0x3c);
        return (open < 0 ? to : open) - from;
      }
      const close = indexOf(octets, from, to, 0x3e);
      if (close < 0) return flow.isLast || to - from >= 2_048 ? to - from : Extract.More;
      if (++flow.words[flow.memory] > Bound.Tags) return Extract.End;
      readTag(octets, from, close + 1, flow);
      return close + 1 - from;
    },
  },
};

function readTag(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  if (startsWith(octets, from, to, PROCEED)) {
    flow.out.flag(Place.StartTls, true);
    flow.handOver(Refined.Tls);
  } else if (startsWith(octets, from, to, STREAM)) {
    writeAttribute(octets, from, to, flow, TO, Place.To);
    writeAttribute(octets, from, to, flow, FROM, Place.From);
  } else if (!startsWith(octets, from, to, START_TLS)) {
    writeAttribute(octets, from, to, flow, MECHANISM, Place.Mechanism);
  }
}

/** The value between quotes behind `name`. */
function writeAttribute(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  name: Uint8Array,
  place: Place,
): void {
  const at = find(octets, from, to, name);
  if (at < 0) return;
  const quote = at + name.length;
  const end = quote < to ? indexOf(octets, quote + 1, to, octets[quote]) : -1;
  if (end > 0) flow.out.text(place, octets, quote + 1, end);
}
