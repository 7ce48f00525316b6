import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Services = 0,
}

/** BACnet/IP (ANSI/ASHRAE 135 Annex J): type 0x81, function, length; then version 1 of the network layer. */
const enum Header {
  Type = 0x81,
  Octets = 4,
  Forwarded = 4,
  Distribute = 9,
  Unicast = 10,
  Broadcast = 11,
  Last = 12,
}

export const bacnet: Protocol = {
  name: 'bacnet',
  title: 'BACnet/IP',
  evidence: 'a virtual link header whose length is that of the datagram, and version 1 of the network layer',
  transports: Transport.Udp,
  ports: [47808],
  first: [Header.Type],
  least: Header.Octets,
  elements: [{ name: 'services', type: ElementType.Unsigned, many: true }],

  recognise(octets, from, to, flow) {
    const kind = octets[from + 1];
    if (kind > Header.Last || u16(octets, from + 2) !== flow.wireOctets) return Verdict.NoMatch;
    const network = networkAt(octets, from);
    if (network > 0) return network < to && octets[network] === 1 ? Verdict.Match : Verdict.NoMatch;
    return flow.wireOctets <= 600 ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const network = networkAt(octets, from);
      if (network > 0) writeService(octets, network, to, flow);
      return ++flow.words[flow.memory] > 32 ? Extract.End : 1;
    },
  },
};

/** Where the network layer begins; -1 when the function has none. */
function networkAt(octets: Uint8Array, from: number): number {
  const kind = octets[from + 1];
  if (kind === Header.Forwarded) return from + Header.Octets + 6;
  return kind >= Header.Distribute && kind <= Header.Broadcast ? from + Header.Octets : -1;
}

/** The service of an unconfirmed or a confirmed request behind the addresses. */
function writeService(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  if (from + 2 > to) return;
  const control = octets[from + 1];
  if ((control & 0x80) !== 0) return;
  let p = from + 2;
  if ((control & 0x20) !== 0) p += p + 2 < to ? 3 + octets[p + 2] : 3;
  if ((control & 0x08) !== 0) p += p + 2 < to ? 3 + octets[p + 2] : 3;
  if ((control & 0x20) !== 0) p++;
  if (p + 2 > to) return;
  const kind = octets[p] >>> 4;
  if (kind === 1) flow.out.unsigned(Place.Services, octets[p + 1]);
  else if (kind === 0 && p + 3 < to) flow.out.unsigned(Place.Services, octets[p + 3]);
}
