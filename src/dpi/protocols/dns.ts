import { DNS_ELEMENTS } from '../dns-elements.js';
import { DNS_WORDS, hasQuestion, Look, looksLikeDns, writeDns } from '../dns-message.js';
import { u16 } from '../octets.js';
import { Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Port {
  Dns = 53,
  NetBios = 137,
  Mdns = 5353,
  Llmnr = 5355,
}

/** The same messages under other names, which their ports tell apart. */
function isOther(flow: FlowView): boolean {
  const { sourcePort, destinationPort, transport } = flow;
  return isOtherPort(sourcePort, transport) || isOtherPort(destinationPort, transport);
}

function isOtherPort(port: number, transport: Transport): boolean {
  return port === Port.NetBios || port === Port.Llmnr || (port === Port.Mdns && transport === Transport.Udp);
}

export const dns: Protocol = {
  name: 'dns',
  title: 'Domain Name System, over UDP and TCP',
  evidence: 'a message header without contradictions whose first names, types and classes can be',
  transports: Transport.Both,
  ports: [Port.Dns],
  // Flags and the number of questions: an operation that there is, 31 questions at most.
  mark: { at: 2, mask: 0x4040_ffe0, value: 0 },
  least: 12,
  elements: DNS_ELEMENTS,

  recognise(octets, from, to, flow) {
    if (isOther(flow)) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp) {
      const look = looksLikeDns(octets, from, to, !flow.isLast);
      if (look === Look.Yes) return Verdict.Match;
      if (look === Look.Maybe && flow.isLast) return Verdict.Likely;
      const isOwnPort = flow.sourcePort === Port.Dns || flow.destinationPort === Port.Dns;
      return isOwnPort && hasQuestion(octets, from, to) ? Verdict.Likely : Verdict.NoMatch;
    }
    // Over TCP the length stands in front (RFC 1035 §4.2.2).
    const length = u16(octets, from);
    if (length < 17 && length !== 12) return Verdict.NoMatch;
    const end = from + 2 + length;
    switch (looksLikeDns(octets, from + 2, Math.min(to, end), end <= to)) {
      case Look.Yes:
        return Verdict.Match;
      case Look.Maybe:
        return end > to ? Verdict.NeedMore : Verdict.NoMatch;
      default:
        return Verdict.NoMatch;
    }
  },

  extractor: {
    words: DNS_WORDS,
    window: 32_768,
    extract(octets, from, to, flow) {
      if (flow.transport === Transport.Udp) {
        writeDns(octets, from, to, flow);
        return 1;
      }
      if (to - from < 2) return Extract.More;
      const end = from + 2 + u16(octets, from);
      if (end > to && !flow.isLast) return Extract.More;
      writeDns(octets, from + 2, Math.min(to, end), flow);
      return end - from;
    },
  },
};
