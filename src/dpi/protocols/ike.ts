import { u32 } from '../octets.js';
import { ElementType, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Version = 0,
  Exchanges = 1,
  VendorIds = 2,
}

/** RFC 7296 §3.1, RFC 2408 §3.1. */
const enum Header {
  NextPayload = 16,
  Version = 17,
  Exchange = 18,
  Flags = 19,
  Length = 24,
  Octets = 28,
}

const enum Version {
  One = 0x10,
  Two = 0x20,
}

const enum Payload {
  VendorId1 = 13,
  VendorId2 = 43,
  Encrypted2 = 46,
}

const enum Flag {
  Encrypted1 = 1,
}

const MOST_OCTETS = 65_507;
const LEAST_FRAGMENT = 1_000;
const MOST_PAYLOADS = 24;
const MOST_MESSAGES = 6;

export const ike: Protocol = {
  name: 'ike',
  title: 'Internet Key Exchange, versions 1 and 2',
  evidence: 'an ISAKMP header whose version, exchange, flags and length fit, on port 4500 behind four octets of zero',
  transports: Transport.Udp,
  ports: [500],
  least: Header.Octets,
  elements: [
    { name: 'version', type: ElementType.Unsigned },
    { name: 'exchanges', type: ElementType.Unsigned, many: true },
    { name: 'vendorIds', type: ElementType.Octets, many: true, max: 64 },
  ],

  recognise(octets, from, to, flow) {
    return isMessage(octets, startOf(octets, from), to, from + flow.wireOctets) ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      const start = startOf(octets, from);
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      if (isMessage(octets, start, to, from + flow.wireOctets)) write(octets, start, to, flow);
      return 1;
    },
  },
};

/** Behind the marker that tells it from ESP (RFC 3948 §2.2). */
function startOf(octets: Uint8Array, from: number): number {
  return u32(octets, from) === 0 ? from + 4 : from;
}

/** @param wireEnd where the datagram ends, if nothing of it was cut */
function isMessage(octets: Uint8Array, from: number, to: number, wireEnd: number): boolean {
  if (to - from < Header.Octets) return false;
  const length = u32(octets, from + Header.Length);
  const shown = wireEnd - from;
  // Certificates make it larger than a packet: then this is the first fragment.
  if (length !== shown && (length < shown || length > MOST_OCTETS || shown < LEAST_FRAGMENT)) return false;
  if (u32(octets, from) === 0 && u32(octets, from + 4) === 0) return false;
  const exchange = octets[from + Header.Exchange];
  const flags = octets[from + Header.Flags];
  const next = octets[from + Header.NextPayload];
  if (octets[from + Header.Version] === Version.Two) {
    return exchange >= 34 && exchange <= 45 && (flags & ~0x38) === 0 && (next === 0 || (next >= 33 && next <= 56));
  }
  const isExchange = (exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33;
  return octets[from + Header.Version] === Version.One && isExchange && (flags & ~7) === 0;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const isTwo = octets[from + Header.Version] === Version.Two;
  if (flow.words[flow.memory] === 1) out.unsigned(Place.Version, isTwo ? 2 : 1);
  out.unsigned(Place.Exchanges, octets[from + Header.Exchange]);
  if (!isTwo && octets[from + Header.Flags] & Flag.Encrypted1) return;
  const vendorId = isTwo ? Payload.VendorId2 : Payload.VendorId1;
  let type = octets[from + Header.NextPayload];
  for (let p = from + Header.Octets, n = 0; type !== 0 && p + 4 <= to && n < MOST_PAYLOADS; n++) {
    if (isTwo && type === Payload.Encrypted2) return;
    const end = p + ((octets[p + 2] << 8) | octets[p + 3]);
    if (end < p + 4 || end > to) return;
    if (type === vendorId) out.octets(Place.VendorIds, octets, p + 4, end);
    type = octets[p];
    p = end;
  }
}
