import { ascii, find, startsWith } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Actions = 0,
  Types = 1,
  Addresses = 2,
}

const XML = ascii('<?xml');
const TAG = ascii('<');
/** Namespaces of WS-Discovery 2005/04 and 1.1. */
const NAMESPACES = [
  ascii('schemas.xmlsoap.org/ws/2005/04/discovery'),
  ascii('docs.oasis-open.org/ws-dd/ns/discovery/2009/01'),
];
const ENVELOPE = ascii('Envelope');
const ACTION = ascii(':Action>');
const TYPES = ascii(':Types>');
const ADDRESSES = ascii(':XAddrs>');
const MOST_MESSAGES = 64;
const SEARCHED_OCTETS = 2_048;

export const wsd: Protocol = {
  name: 'wsd',
  title: 'Web Services Dynamic Discovery',
  evidence: 'a SOAP envelope within a datagram that names the namespace of WS-Discovery',
  transports: Transport.Udp,
  ports: [3702],
  first: [TAG[0]],
  least: 40,
  elements: [
    { name: 'actions', type: ElementType.Text, many: true },
    { name: 'types', type: ElementType.Text, many: true },
    { name: 'addresses', type: ElementType.Text, many: true, max: 512 },
  ],

  recognise(octets, from, to) {
    const end = Math.min(to, from + SEARCHED_OCTETS);
    if (!startsWith(octets, from, to, XML) && find(octets, from, Math.min(end, from + 64), ENVELOPE) < 0)
      return Verdict.NoMatch;
    for (const namespace of NAMESPACES) if (find(octets, from, end, namespace) >= 0) return Verdict.Match;
    return Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const { words, memory } = flow;
      if (words[memory]++ >= MOST_MESSAGES) return flow.out.stop();
      write(octets, from, to, ACTION, Place.Actions, flow);
      write(octets, from, to, TYPES, Place.Types, flow);
      write(octets, from, to, ADDRESSES, Place.Addresses, flow);
      return 1;
    },
  },
};

/** Writes the text behind the first `tag`. */
function write(octets: Uint8Array, from: number, to: number, tag: Uint8Array, place: number, flow: FlowView): void {
  const found = find(octets, from, to, tag);
  if (found < 0) return;
  const start = found + tag.length;
  const end = find(octets, start, to, TAG);
  if (end > start) flow.out.text(place, octets, start, end);
}
