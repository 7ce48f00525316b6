import type { PacketBatch } from '../capture/packet-batch.js';
import { Shape } from './common-shape.js';
import type { DecodedBatch } from './decoded-batch.js';
import type { DecodeSettings } from './decode-settings.js';
import { workerOf } from './flow-key.js';
import { LinkType } from './link/link-types.js';
import { Ipv4 } from './network/ipv4.js';
import { Ipv6 } from './network/ipv6.js';
import { Protocol, Udp } from './transport/ports.js';

/** Rows of a packet batch that a worker has to look at, in their order: `~row` where only the walk can tell whether it meters the packet. */
export interface Share {
  readonly rows: Int32Array;
  count: number;
}

/**
 * The pass that leaves out packets of other workers: from row `from` of the packet batch on, whose octets are those of `view`. It
 * lists the packets that this worker meters or may have to, and tells the decoded batch the latest time stamp of those that
 * it is sure will be metered.
 * @returns the first row that may move the clock, which all workers look at, or `to`
 */
export type Partition = (view: DataView, from: number, to: number) => number;

const TCP_OR_UDP = (1 << Protocol.Tcp) | (1 << Protocol.Udp);

/**
 * Makes the pass; why passes are made: docs/architecture.md, "Passes". Whose a packet is, is known without decoding it where it is
 * nearly of the common shape (decode-batch.ts): it is sure to be metered, and its outermost addresses are those of its flow. Since
 * half of the packets are those of others, nothing branches on that.
 */
export function createPartition(
  batch: PacketBatch,
  decoded: DecodedBatch,
  settings: DecodeSettings,
  share: Share,
): Partition {
  const { offset, captured, link, timeUs } = batch;
  const { rows } = share;
  const { seed, workers, worker, udpPortBits } = settings;

  return (view, from, to) => {
    const { tickUs } = decoded;
    let latestUs = decoded.latestUs;
    let count = 0;
    let i = from;
    for (; i < to; i++) {
      const t = timeUs[i];
      if (t >= tickUs) break;
      const start = offset[i];
      const room = captured[i];
      rows[count] = ~i;
      if (link[i] !== LinkType.Ethernet || room < Shape.Shortest) {
        count++;
        continue;
      }
      let base = start;
      let type = view.getInt32(base + Shape.EthernetType);
      if (type >>> 16 === Shape.TypeVlan) {
        base += Shape.VlanTagOctets;
        type = view.getInt32(base + Shape.EthernetType);
      }

      const ip = base + Shape.EthernetHeaderOctets;
      let protocol = 0;
      let transport = ip;
      let payload = 0;
      let fold = 0;
      if (type >>> 8 === Shape.TypeIpv4FiveWords) {
        const fragmentTtlProtocol = view.getInt32(ip + Ipv4.FlagsFragmentOffset);
        protocol = fragmentTtlProtocol & 0x3fff00ff;
        transport = ip + Ipv4.MinHeaderOctets;
        payload = view.getUint16(ip + Ipv4.TotalLength) - Ipv4.MinHeaderOctets;
        fold = view.getInt32(ip + Ipv4.Source) ^ view.getInt32(ip + Ipv4.Destination);
      } else if (type >>> 12 === Shape.TypeIpv6 && room - (base - start) >= Shape.ShortestIpv6) {
        const lengthNextHop = view.getInt32(ip + Ipv6.PayloadLength);
        protocol = (lengthNextHop >>> 8) & 0xff;
        transport = ip + Ipv6.HeaderOctets;
        payload = lengthNextHop >>> 16;
        const source = view.getInt32(ip + 8) ^ view.getInt32(ip + 12) ^ view.getInt32(ip + 16) ^ view.getInt32(ip + 20);
        const target =
          view.getInt32(ip + 24) ^ view.getInt32(ip + 28) ^ view.getInt32(ip + 32) ^ view.getInt32(ip + 36);
        fold = source ^ target;
      }
      // Ports of UDP tunnels are those of few TCP connections, which everybody looks at then.
      const ports = view.getInt32(transport);
      const bits =
        (udpPortBits[ports >>> 21] >>> ((ports >>> 16) & 31)) | (udpPortBits[(ports >>> 5) & 0x7ff] >>> (ports & 31));
      if (protocol > Protocol.Udp || ((TCP_OR_UDP >>> protocol) & ~bits & 1) === 0 || payload < Udp.HeaderOctets) {
        count++;
        continue;
      }
      if (t > latestUs) latestUs = t;
      rows[count] = i;
      // Adds one when both are equal; a comparison would be made a branch.
      count += ((workerOf(seed, fold, workers) ^ worker) - 1) >>> 31;
    }
    decoded.latestUs = latestUs;
    share.count = count;
    return i;
  };
}
