import { Owner, type PacketBatch } from '../capture/packet-batch.js';
import { Shape } from './common-shape.js';
import type { DecodeSettings } from './decode-settings.js';
import { type DecodedBatch, Fact, LengthTtl, Size } from './decoded-batch.js';
import { hashAddress4, hashAddress6, hashEnd, hashKey, workerOf } from './flow-key.js';
import { LinkType } from './link/link-types.js';
import { Ipv4 } from './network/ipv4.js';
import { Ipv6 } from './network/ipv6.js';
import { Protocol, Tcp, Udp } from './transport/ports.js';

/**
 * The pass for packets of the common shape, decode-batch.ts: from row `from` of the packet batch on, whose octets are those
 * of `view`; calls nothing.
 * @returns the first row of another kind, or `to`
 */
export type DecodeCommon = (view: DataView, from: number, to: number) => number;

/** Makes the pass from the columns of `batch` to those of `decoded`; why passes are made: docs/architecture.md, "Passes". */
export function createDecodeCommon(batch: PacketBatch, decoded: DecodedBatch, settings: DecodeSettings): DecodeCommon {
  const { offset, captured, link, timeUs: packetTimeUs, timeNs: packetTimeNs, interface: ingress, owner } = batch;
  const { row, timeUs, timeNs, key, hash, facts, lengthTtl, service, linkOffset } = decoded;
  const { transportOffset, end: packetEnd, payloadLength } = decoded;
  const { seed, vlanInKey, interfaceInKey, udpPortBits, commonShape, workers, worker } = settings;
  const vlanFact = vlanInKey ? Fact.Vlan : 0;

  return (view, from, to) => {
    const { tickUs } = decoded;
    let n = decoded.count;
    let latestUs = decoded.latestUs;
    let nanoseconds = decoded.nanoseconds;
    let i = from;

    for (; commonShape && i < to; i++) {
      const t = packetTimeUs[i];
      if (workers > 1 && owner[i] !== worker && owner[i] !== Owner.Any && t < tickUs) {
        if (t > latestUs) latestUs = t;
        continue;
      }
      let base = offset[i];
      const end = base + captured[i];
      // Where the clock passes a tick the walk takes over, too, and notes it.
      if (link[i] !== LinkType.Ethernet || end - base < Shape.Shortest || t >= tickUs) break;
      linkOffset[n] = base;

      let type = view.getInt32(base + Shape.EthernetType);
      let vlan = 0;
      let tos = 0;
      let packetFacts = Fact.Ethernet | Fact.PortsPresent;
      if (type >>> 16 === Shape.TypeVlan) {
        vlan = type & 0xfff;
        tos = ((type & 0xe000) << 3) | ((type & 0xe000) << 7);
        packetFacts |= vlanFact;
        base += Shape.VlanTagOctets;
        type = view.getInt32(base + Shape.EthernetType);
      }

      const ip = base + Shape.EthernetHeaderOctets;
      let version = 0;
      let transport = ip;
      let protocol = 0;
      let length = 0;
      let ttl = 0;
      if (type >>> 8 === Shape.TypeIpv4FiveWords) {
        const fragmentTtlProtocol = view.getInt32(ip + Ipv4.FlagsFragmentOffset);
        length = view.getUint16(ip + Ipv4.TotalLength);
        // Neither "more fragments" nor an offset; "don't fragment" and the reserved bit do not matter.
        if ((fragmentTtlProtocol & 0x3fff0000) === 0) version = 4;
        protocol = fragmentTtlProtocol & 0xff;
        ttl = (fragmentTtlProtocol >>> 8) & 0xff;
        transport = ip + Ipv4.MinHeaderOctets;
        tos |= type & 0xff;
      } else if (type >>> 12 === Shape.TypeIpv6 && end - base >= Shape.ShortestIpv6) {
        const lengthNextHop = view.getInt32(ip + Ipv6.PayloadLength);
        length = (lengthNextHop >>> 16) + Ipv6.HeaderOctets;
        version = 6;
        protocol = (lengthNextHop >>> 8) & 0xff;
        ttl = lengthNextHop & 0xff;
        transport = ip + Ipv6.HeaderOctets;
        tos |= (type >>> 4) & 0xff;
      }

      // The transport header must lie within the IP length; a length of 0 leaves the common shape as well.
      const room = ip + length - transport;
      const ports = view.getInt32(transport);
      let payload = 0;
      if (protocol === Protocol.Tcp && room >= Shape.TcpNeededOctets) {
        const offsetFlags = view.getUint16(transport + Tcp.OffsetFlags);
        packetFacts |= (offsetFlags & Fact.TcpFlagsMask) | Fact.TcpFlagsPresent | Fact.TcpSequencePresent;
        payload = room - ((offsetFlags >>> 12) << 2);
        if (payload < 0) payload = 0;
      } else if (protocol === Protocol.Udp && room >= Udp.HeaderOctets) {
        const bits =
          (udpPortBits[ports >>> 21] >>> ((ports >>> 16) & 31)) | (udpPortBits[(ports >>> 5) & 0x7ff] >>> (ports & 31));
        if (bits & 1) version = 0;
        payload = room - Udp.HeaderOctets;
      } else version = 0;
      if (version === 0) break;

      const k = n << Size.KeyShift;
      const protocolWord = protocol | (version << 8) | (interfaceInKey ? ingress[i] << 16 : 0);
      const keyVlan = vlanInKey ? vlan : 0;
      let fold = 0;
      let sourceHash = 0;
      let destinationHash = 0;
      if (version === 4) {
        const source = view.getInt32(ip + Ipv4.Source);
        const destination = view.getInt32(ip + Ipv4.Destination);
        key[k] = source;
        key[k | 4] = destination;
        fold = source ^ destination;
        sourceHash = hashAddress4(seed, source);
        destinationHash = hashAddress4(seed, destination);
      } else {
        const s0 = view.getInt32(ip + Ipv6.Source);
        const s1 = view.getInt32(ip + Ipv6.Source + 4);
        const s2 = view.getInt32(ip + Ipv6.Source + 8);
        const s3 = view.getInt32(ip + Ipv6.Source + 12);
        const d0 = view.getInt32(ip + Ipv6.Destination);
        const d1 = view.getInt32(ip + Ipv6.Destination + 4);
        const d2 = view.getInt32(ip + Ipv6.Destination + 8);
        const d3 = view.getInt32(ip + Ipv6.Destination + 12);
        key[k] = s0;
        key[k | 1] = s1;
        key[k | 2] = s2;
        key[k | 3] = s3;
        key[k | 4] = d0;
        key[k | 5] = d1;
        key[k | 6] = d2;
        key[k | 7] = d3;
        fold = s0 ^ s1 ^ s2 ^ s3 ^ d0 ^ d1 ^ d2 ^ d3;
        sourceHash = hashAddress6(seed, s0, s1, s2, s3);
        destinationHash = hashAddress6(seed, d0, d1, d2, d3);
      }
      if (t > latestUs) latestUs = t;
      if (workers > 1 && workerOf(seed, fold, workers) !== worker) continue;
      const ends = hashEnd(seed, sourceHash, ports >>> 16) + hashEnd(seed, destinationHash, ports & 0xffff);
      key[k | 8] = ports;
      key[k | 9] = protocolWord;
      key[k | 10] = keyVlan;
      key[k | 11] = 0;
      hash[n] = hashKey(seed, ends, protocolWord, keyVlan, 0);
      row[n] = i;
      timeUs[n] = t;
      timeNs[n] = packetTimeNs[i];
      nanoseconds |= packetTimeNs[i];
      facts[n] = packetFacts;
      lengthTtl[n] = length | (ttl << LengthTtl.TtlShift);
      service[n] = tos;
      transportOffset[n] = transport;
      packetEnd[n] = end;
      payloadLength[n] = payload;
      n++;
    }
    decoded.count = n;
    decoded.latestUs = latestUs;
    decoded.nanoseconds = nanoseconds;
    return i;
  };
}
