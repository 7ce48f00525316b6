import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { libpcapMissing } from '../../../src/capture/native.js';
import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { checkFilter, PacketFilter } from '../../../src/capture/packet-filter.js';
import { bundledCaptures, eachBatch } from '../../support/captures.js';
import { batchOf } from '../../support/decode.js';
import { ethernet, vlan } from '../../support/link-frames.js';
import { icmp, ipv4, ipv6, tcp, udp } from '../../support/packets.js';

const missing = libpcapMissing();
if (missing !== null) console.warn(`filters are not tested: ${missing}`);
const hasTcpdump = spawnSync('tcpdump', ['--version']).error === undefined;
if (!hasTcpdump) console.warn('filters are not compared with tcpdump, which is missing');

const EXPRESSIONS = ['tcp port 22', 'udp', 'ip6', 'arp', 'host 10.10.0.1 and not icmp', 'less 70', 'tcp[13] & 2 != 0'];

describe.skipIf(missing !== null)('a packet filter', () => {
  it.skipIf(!hasTcpdump)('takes the packets that tcpdump takes', async () => {
    const names = ['demo', 'ipv6', 'vlan', 'qinq', 'icmp-nanoseconds', 'http-snaplen54'].map((name) => `${name}.pcap`);
    const captures = bundledCaptures().filter((file) => names.includes(path.basename(file)));
    expect(captures.length).toBe(names.length);
    for (const file of captures) {
      for (const expression of EXPRESSIONS) {
        const filter = new PacketFilter(expression);
        let kept = 0;
        await eachBatch(file, (batch) => {
          const before = batch.count;
          expect(filter.apply(batch)).toBe(before - batch.count);
          kept += batch.count;
        });
        const { stdout } = spawnSync('tcpdump', ['-nr', file, '-w', '-', expression], { maxBuffer: 1 << 28 });
        expect({ file, expression, kept }).toEqual({ file, expression, kept: packetsIn(stdout) });
      }
    }
  });

  it('compiles the expression for each link type of a batch', () => {
    const frames = [
      ethernet(ipv4({}, udp({ dport: 53 }))),
      { octets: ipv4({}, udp({ dport: 53 })).octets, link: 101 },
      { octets: ipv6({}, udp({ dport: 53 })).octets, link: 101 },
      { octets: ipv4({}, tcp({ dport: 53 })).octets, link: 101 },
      ethernet(vlan(7, ipv4({}, udp({ dport: 53 })))),
      ethernet(ipv4({}, icmp(8, 0))),
    ];
    const batch = batchOf(frames);
    const offsets = [...batch.offset];
    expect(new PacketFilter('udp port 53').apply(batch)).toBe(3);
    expect([...batch.offset.slice(0, 3)]).toEqual(offsets.slice(0, 3));
    expect([...batch.link.slice(0, 3)]).toEqual([1, 101, 101]);
    expect(batch.latestUs).toBe(1e15 + 2);
  });

  it('works in shared memory', () => {
    const { octets } = ethernet(ipv4({}, udp()));
    const batch = new PacketBatch(4);
    const window = new Uint8Array(new SharedArrayBuffer(octets.length));
    window.set(octets);
    batch.attach(window);
    for (batch.count = 0; batch.count < 2; batch.count++) {
      batch.captured[batch.count] = batch.wire[batch.count] = octets.length;
      batch.link[batch.count] = 1;
    }
    expect([new PacketFilter('udp').apply(batch), batch.count]).toEqual([0, 2]);
    expect([new PacketFilter('tcp').apply(batch), batch.count]).toEqual([2, 0]);
  });

  it('says what is wrong with an expression', () => {
    expect(() => checkFilter('tcp pport 22')).toThrow(
      "filter 'tcp pport 22': can't parse filter expression: syntax error",
    );
    expect(() => checkFilter('host no.such.name.invalid')).toThrow(/no\.such\.name\.invalid/);
    checkFilter('type mgt subtype beacon');
    checkFilter('');
    const onEthernet = new PacketFilter('type mgt subtype beacon');
    expect(() => onEthernet.apply(batchOf([ethernet(ipv4())]))).toThrow(/cannot be used for link type 1: /);
  });
});

/** Packets of a classic capture. */
function packetsIn(capture: Buffer): number {
  let count = 0;
  for (let at = 24; at < capture.length; at += 16 + capture.readUInt32LE(at + 8)) count++;
  return count;
}
