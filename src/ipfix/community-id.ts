import { createHash } from 'node:crypto';

const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;
/** Protocols whose ports are part of the id; for all others it is made of addresses and protocol alone. */
const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([PROTOCOL_ICMP, 6, 17, PROTOCOL_ICMPV6, 132]);

/** ICMP types that answer each other stand for the two ports, so that request and reply get one id. */
const ICMP_COUNTERPARTS: ReadonlyMap<number, number> = pairs([
  [8, 0], // echo
  [13, 14], // timestamp
  [15, 16], // information
  [10, 9], // router solicitation, advertisement
  [17, 18], // address mask
]);

const ICMPV6_COUNTERPARTS: ReadonlyMap<number, number> = pairs([
  [128, 129], // echo
  [133, 134], // router solicitation, advertisement
  [135, 136], // neighbor solicitation, advertisement
  [130, 131], // multicast listener query, report
  [139, 140], // node information query, response
  [144, 145], // home agent address discovery
]);

function pairs(list: readonly (readonly [number, number])[]): Map<number, number> {
  return new Map([...list, ...list.map(([request, reply]) => [reply, request] as const)]);
}

/** Seed (2), addresses (2 × 16), protocol, padding, ports (2 × 2). */
const block = Buffer.alloc(40);

/**
 * Community ID, version 1, of a flow: the same for both directions.
 * @param source the octets that hold both addresses, of 4 or 16 octets each
 * @param destinationPort for ICMP and ICMPv6: type × 256 + code
 */
export function communityId(
  source: Buffer,
  sourceOffset: number,
  destination: Buffer,
  destinationOffset: number,
  addressOctets: 4 | 16,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
  seed = 0,
): string {
  let isOrdered = false;
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    const type = destinationPort >>> 8;
    const counterpart = (protocol === PROTOCOL_ICMP ? ICMP_COUNTERPARTS : ICMPV6_COUNTERPARTS).get(type);
    sourcePort = type;
    destinationPort = counterpart ?? destinationPort & 0xff;
    isOrdered = counterpart === undefined; // no answer, so its direction is part of it
  }
  if (!isOrdered) {
    const order = source.compare(
      destination,
      destinationOffset,
      destinationOffset + addressOctets,
      sourceOffset,
      sourceOffset + addressOctets,
    );
    isOrdered = order < 0 || (order === 0 && sourcePort <= destinationPort);
  }
  let at = block.writeUInt16BE(seed, 0);
  const [first, firstOffset, second, secondOffset] = isOrdered
    ? [source, sourceOffset, destination, destinationOffset]
    : [destination, destinationOffset, source, sourceOffset];
  at += first.copy(block, at, firstOffset, firstOffset + addressOctets);
  at += second.copy(block, at, secondOffset, secondOffset + addressOctets);
  block[at++] = protocol;
  block[at++] = 0;
  if (PROTOCOLS_WITH_PORTS.has(protocol)) {
    at = block.writeUInt16BE(isOrdered ? sourcePort : destinationPort, at);
    at = block.writeUInt16BE(isOrdered ? destinationPort : sourcePort, at);
  }
  return `1:${createHash('sha1').update(block.subarray(0, at)).digest('base64')}`;
}
