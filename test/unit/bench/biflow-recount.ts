/**
 * A naive second opinion on a generated trace: reads classic little-endian pcap with Ethernet, IPv4 or IPv6 without
 * options or extension headers, TCP or UDP, and counts biflow records with an idle timeout of 30 s.
 */
const IDLE_TIMEOUT_US = 30_000_000;
const FIN = 0x01;
const RST = 0x04;
const ACK = 0x10;

export interface Recount {
  snapLength: number;
  linkType: number;
  packets: number;
  tcp: number;
  udp: number;
  ipv4: number;
  ipv6: number;
  ipOctets: number;
  wireOctets: number;
  lastTimeUs: number;
  badChecksums: number;
  longestCaptured: number;
  records: number;
  endedByTcp: number;
  endedByIdle: number;
}

interface Biflow {
  forwardSource: string;
  lastUs: number;
  /** Per direction (forward, reverse): FIN seen, and the peer's FIN answered. */
  finished: [boolean, boolean];
  answered: [boolean, boolean];
}

export function recount(file: Buffer): Recount {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a little-endian microsecond pcap file');
  const total: Recount = {
    snapLength: file.readUInt32LE(16),
    linkType: file.readUInt32LE(20),
    ...{ packets: 0, tcp: 0, udp: 0, ipv4: 0, ipv6: 0, ipOctets: 0, wireOctets: 0, lastTimeUs: 0, badChecksums: 0 },
    ...{ longestCaptured: 0, records: 0, endedByTcp: 0, endedByIdle: 0 },
  };
  const live = new Map<string, Biflow>();
  let position = 24;
  while (position < file.length) {
    const timeUs = file.readUInt32LE(position) * 1e6 + file.readUInt32LE(position + 4);
    const captured = file.readUInt32LE(position + 8);
    if (timeUs < total.lastTimeUs) throw new Error(`time runs backwards at octet ${position}`);
    total.packets++;
    total.lastTimeUs = timeUs;
    total.wireOctets += file.readUInt32LE(position + 12);
    total.longestCaptured = Math.max(total.longestCaptured, captured);
    meter(file.subarray(position + 16, position + 16 + captured), timeUs, total, live);
    position += 16 + captured;
  }
  if (position !== file.length) throw new Error('the last packet is cut');
  for (const { lastUs } of live.values()) if (total.lastTimeUs - lastUs > IDLE_TIMEOUT_US) total.endedByIdle++;
  return total;
}

function meter(frame: Buffer, timeUs: number, total: Recount, live: Map<string, Biflow>): void {
  const isIpv4 = frame.readUInt16BE(12) === 0x0800;
  total[isIpv4 ? 'ipv4' : 'ipv6']++;
  total.ipOctets += isIpv4 ? frame.readUInt16BE(16) : frame.readUInt16BE(18) + 40;
  if (isIpv4 && headerSum(frame.subarray(14, 34)) !== 0xffff) total.badChecksums++;
  const protocol = frame.readUInt8(isIpv4 ? 23 : 20);
  total[protocol === 6 ? 'tcp' : 'udp']++;
  const transport = isIpv4 ? 34 : 54;
  const [addresses, size] = isIpv4 ? [26, 4] : [22, 16];
  const end = (address: number, port: number) =>
    `${frame.toString('hex', address, address + size)}.${frame.readUInt16BE(port)}`;
  const source = end(addresses, transport);
  const destination = end(addresses + size, transport + 2);
  const key = `${protocol} ${[source, destination].sort().join(' ')}`;

  let flow = live.get(key);
  if (flow !== undefined && timeUs - flow.lastUs > IDLE_TIMEOUT_US) {
    total.endedByIdle++;
    flow = undefined;
  }
  if (flow === undefined) {
    flow = { forwardSource: source, lastUs: timeUs, finished: [false, false], answered: [false, false] };
    live.set(key, flow);
    total.records++;
  }
  flow.lastUs = timeUs;
  if (protocol === 6 && isClosedBy(frame.readUInt8(transport + 13), flow, source === flow.forwardSource ? 0 : 1)) {
    total.endedByTcp++;
    live.delete(key);
  }
}

function isClosedBy(flags: number, flow: Biflow, direction: 0 | 1): boolean {
  if ((flags & RST) !== 0) return true;
  if ((flags & FIN) !== 0) flow.finished[direction] = true;
  if ((flags & ACK) !== 0 && flow.finished[1 - direction]) flow.answered[direction] = true;
  return flow.finished[0] && flow.finished[1] && flow.answered[0] && flow.answered[1];
}

/** RFC 1071 sum over a header that contains its checksum: 0xffff when right. */
function headerSum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
