/**
 * Composes Ethernet frames with IPv4 or IPv6 and TCP or UDP headers straight into a PcapWriter's buffer. Addresses come
 * from the ranges set aside for benchmarks (198.18.0.0/15, RFC 2544; 2001:2::/48, RFC 5180) and 10.0.0.0/8.
 * IPv4 header checksums are right; transport checksums are arbitrary, since most payloads are cut by the snap length.
 */
export const TCP = 6;
export const UDP = 17;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** TCP option layouts: octets of options behind the 20-octet header. */
export const OPTIONS_NONE = 0;
export const OPTIONS_TIMESTAMP = 12;
export const OPTIONS_SYN = 20;

export const ETHERNET_OCTETS = 14;
export const SMALLEST_FRAME_OCTETS = 60;

/** Header fields of the next frame; set by the caller, read by `writeFrame`. One object, reused for every packet. */
export class Frame {
  seconds = 0;
  microseconds = 0;
  isIpv6 = false;
  protocol = TCP;
  fromClient = true;
  /** 17 bits: number of the client's host. */
  clientHost = 0;
  /** 16 bits: number of the server's host. */
  serverHost = 0;
  clientPort = 0;
  serverPort = 0;
  tcpFlags = 0;
  sequence = 0;
  acknowledgement = 0;
  tcpOptions = OPTIONS_NONE;
  identification = 0;
  payload = Buffer.alloc(0);
  payloadOffset = 0;
  payloadOctets = 0;
}

/**
 * @param {import('./pcap-writer.mjs').PcapWriter} writer
 * @param {Frame} frame
 * @param {number} snapLength
 * @returns {number} IP octets of the packet
 */
export function writeFrame(writer, frame, snapLength) {
  writer.flushIfFull();
  const { buffer, view } = writer;
  const record = writer.position;
  const start = record + 16;
  const ipOctets = frame.isIpv6 ? 40 : 20;
  const transportOctets = frame.protocol === TCP ? 20 + frame.tcpOptions : 8;
  const ipTotal = ipOctets + transportOctets + frame.payloadOctets;
  const wire = Math.max(ETHERNET_OCTETS + ipTotal, SMALLEST_FRAME_OCTETS);
  const captured = Math.min(wire, snapLength);

  view.setUint32(record, frame.seconds, true);
  view.setUint32(record + 4, frame.microseconds, true);
  view.setUint32(record + 8, captured, true);
  view.setUint32(record + 12, wire, true);

  view.setUint32(start, 0x02005e10);
  view.setUint16(start + 4, frame.fromClient ? 0x0001 : 0x0002);
  view.setUint32(start + 6, 0x02005e10);
  view.setUint16(start + 10, frame.fromClient ? 0x0002 : 0x0001);
  view.setUint16(start + 12, frame.isIpv6 ? 0x86dd : 0x0800);

  const ip = start + ETHERNET_OCTETS;
  if (frame.isIpv6) writeIpv6(view, ip, frame, ipTotal);
  else writeIpv4(view, ip, frame, ipTotal);

  const transport = ip + ipOctets;
  view.setUint16(transport, frame.fromClient ? frame.clientPort : frame.serverPort);
  view.setUint16(transport + 2, frame.fromClient ? frame.serverPort : frame.clientPort);
  if (frame.protocol === TCP) writeTcp(view, transport, frame);
  else {
    view.setUint16(transport + 4, 8 + frame.payloadOctets);
    view.setUint16(transport + 6, 0x5eed);
  }

  const payload = transport + transportOctets;
  const end = start + captured;
  if (frame.payloadOctets > 0) {
    const kept = Math.min(frame.payloadOctets, end - payload);
    frame.payload.copy(buffer, payload, frame.payloadOffset, frame.payloadOffset + kept);
  }
  for (let pad = start + ETHERNET_OCTETS + ipTotal; pad < end; pad++) buffer[pad] = 0;
  writer.position = end;
  return ipTotal;
}

function writeIpv4(view, ip, frame, ipTotal) {
  const client = 0x0a000000 | frame.clientHost;
  const server = 0xc6120000 | frame.serverHost;
  const source = frame.fromClient ? client : server;
  const destination = frame.fromClient ? server : client;
  const timeToLiveAndProtocol = ((frame.fromClient ? 64 : 57) << 8) | frame.protocol;
  view.setUint16(ip, 0x4500);
  view.setUint16(ip + 2, ipTotal);
  view.setUint16(ip + 4, frame.identification);
  view.setUint16(ip + 6, 0x4000);
  view.setUint16(ip + 8, timeToLiveAndProtocol);
  view.setInt32(ip + 12, source);
  view.setInt32(ip + 16, destination);
  let sum = 0x4500 + ipTotal + frame.identification + 0x4000 + timeToLiveAndProtocol;
  sum += (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(ip + 10, ~sum & 0xffff);
}

function writeIpv6(view, ip, frame, ipTotal) {
  view.setUint32(ip, 0x60000000);
  view.setUint16(ip + 4, ipTotal - 40);
  view.setUint8(ip + 6, frame.protocol);
  view.setUint8(ip + 7, frame.fromClient ? 64 : 57);
  const client = frame.fromClient ? ip + 8 : ip + 24;
  const server = frame.fromClient ? ip + 24 : ip + 8;
  view.setUint32(client, 0x20010002);
  view.setUint32(client + 4, frame.clientHost & 0xff);
  // An interface identifier that looks like a privacy address (RFC 8981): spread, but a function of the host.
  view.setInt32(client + 8, Math.imul(frame.clientHost + 1, 0x9e3779b1) & ~0x02000000);
  view.setInt32(client + 12, Math.imul(frame.clientHost + 1, 0x85ebca6b));
  view.setUint32(server, 0x20010002);
  view.setUint32(server + 4, 0x00008000);
  view.setUint32(server + 8, 0);
  view.setUint32(server + 12, frame.serverHost);
}

function writeTcp(view, tcp, frame) {
  view.setInt32(tcp + 4, frame.sequence);
  view.setInt32(tcp + 8, frame.acknowledgement);
  view.setUint16(tcp + 12, ((20 + frame.tcpOptions) << 10) | frame.tcpFlags);
  view.setUint16(tcp + 14, 0xfaf0);
  view.setUint32(tcp + 16, 0x5eed0000);
  if (frame.tcpOptions === OPTIONS_NONE) return;
  let option = tcp + 20;
  if (frame.tcpOptions === OPTIONS_SYN) {
    view.setUint32(option, 0x020405b4); // maximum segment size 1460
    view.setUint32(option + 4, 0x01030307); // window scale 7
    view.setUint32(option + 8, 0x0402080a); // SACK permitted, timestamps
    option += 12;
  } else {
    view.setUint32(option, 0x0101080a);
    option += 4;
  }
  view.setInt32(option, Math.imul(frame.seconds, 1000) + ((frame.microseconds / 1000) | 0));
  view.setInt32(option + 4, Math.imul(frame.seconds, 1000));
}
