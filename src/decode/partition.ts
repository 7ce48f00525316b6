import { Owner, type PacketBatch } from '../capture/packet-batch.js';
import { Shape } from './common-shape.js';
import type { DecodeSettings } from './decode-settings.js';
import { workerOf } from './flow-key.js';
import { LinkType } from './link/link-types.js';
import { Ipv4 } from './network/ipv4.js';
import { Ipv6 } from './network/ipv6.js';
import { Protocol, Udp } from './transport/ports.js';

/**
 * Tells for every packet which worker shall meter it, by its addresses, so that the other workers need not look at it. Only
 * packets of the common shape (decode-batch.ts) get an owner, and only when they are sure to be metered; about all
 * others each worker finds out by itself. Calls nothing within its loop.
 */
export function partition(batch: PacketBatch, settings: DecodeSettings): void {
  const { view, offset, captured, link, owner, count } = batch;
  const { seed, workers, udpPortBits } = settings;
  for (let i = 0; i < count; i++) {
    owner[i] = Owner.Any;
    const start = offset[i];
    const room = captured[i];
    if (link[i] !== LinkType.Ethernet || room < Shape.Shortest) continue;
    const tagged = view.getUint16(start + Shape.EthernetType) === Shape.TypeVlan;
    const base = tagged ? start + Shape.VlanTagOctets : start;
    const type = view.getInt32(base + Shape.EthernetType);
    const ip = base + Shape.EthernetHeaderOctets;

    let protocol = 0;
    let transport = ip;
    let payload = 0;
    let fold = 0;
    if (type >>> 8 === Shape.TypeIpv4FiveWords) {
      const fragmentTtlProtocol = view.getInt32(ip + Ipv4.FlagsFragmentOffset);
      if ((fragmentTtlProtocol & 0x3fff0000) !== 0) continue;
      protocol = fragmentTtlProtocol & 0xff;
      transport = ip + Ipv4.MinHeaderOctets;
      payload = view.getUint16(ip + Ipv4.TotalLength) - Ipv4.MinHeaderOctets;
      fold = view.getInt32(ip + Ipv4.Source) ^ view.getInt32(ip + Ipv4.Destination);
    } else if (type >>> 12 === Shape.TypeIpv6 && room - (base - start) >= Shape.ShortestIpv6) {
      const lengthNextHop = view.getInt32(ip + Ipv6.PayloadLength);
      protocol = (lengthNextHop >>> 8) & 0xff;
      transport = ip + Ipv6.HeaderOctets;
      payload = lengthNextHop >>> 16;
      for (let w = 0; w < 32; w += 4) fold ^= view.getInt32(ip + Ipv6.Source + w);
    }
    if (protocol === Protocol.Tcp) {
      if (payload < Shape.TcpNeededOctets) continue;
    } else if (protocol === Protocol.Udp) {
      if (payload < Udp.HeaderOctets) continue;
      const ports = view.getInt32(transport);
      const bits =
        (udpPortBits[ports >>> 21] >>> ((ports >>> 16) & 31)) | (udpPortBits[(ports >>> 5) & 0x7ff] >>> (ports & 31));
      if (bits & 1) continue;
    } else continue;
    owner[i] = workerOf(seed, fold, workers);
  }
}
