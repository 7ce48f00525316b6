import { DNS_ELEMENTS } from '../dns-elements.js';
import { DNS_WORDS, Look, looksLikeDns, writeDns } from '../dns-message.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const PORT = 5353;

export const mdns: Protocol = {
  name: 'mdns',
  title: 'Multicast DNS',
  evidence: 'a DNS message without contradictions, from or to port 5353 (RFC 6762 §5)',
  transports: Transport.Udp,
  ports: [PORT],
  needsPort: true,
  least: 12,
  elements: DNS_ELEMENTS,

  recognise(octets, from, to, flow) {
    if (flow.sourcePort !== PORT && flow.destinationPort !== PORT) return Verdict.NoMatch;
    const look = looksLikeDns(octets, from, to, !flow.isLast);
    if (look === Look.Yes) return Verdict.Match;
    return look === Look.Maybe && flow.isLast ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: DNS_WORDS,
    extract(octets, from, to, flow) {
      writeDns(octets, from, to, flow);
      return 1;
    },
  },
};
