import { describe, expect, it } from 'vitest';

import { Size, TunnelWord } from '../../../src/decode/decoded-batch.js';
import { W } from '../../../src/flow/flow-record.js';
import { Capture, type MeterOptions, meterPackets, type Packet, PACKET, TestMeter } from '../../support/traffic.js';

const OPTIONS: MeterOptions = { idleUs: 30_000_000, activeUs: 1_800_000_000 };

const turned = (p: Packet): Packet => ({
  ...p,
  source: p.destination,
  destination: p.source,
  sourcePort: p.destinationPort,
  destinationPort: p.sourcePort,
});

/** How many flows the packets make, looked at one by one and all at once. */
function flowsOf(packets: readonly Packet[], options: Partial<MeterOptions> = {}): number {
  const together = meterPackets(packets, { ...OPTIONS, ...options }).length;
  expect(meterPackets(packets, { ...OPTIONS, ...options }, [1])).toHaveLength(together);
  return together;
}

const tagged = (...vlans: number[]): Packet => ({ ...PACKET, vlans });

describe('VLANs in the key', () => {
  it('tell flows apart, in every place of the stack', () => {
    const stacks = [[], [5], [6], [5, 6], [6, 5], [5, 0, 6], [5, 0, 0, 6], [7, 0, 0, 6], [4095]];
    expect(flowsOf(stacks.map((vlans) => tagged(...vlans)))).toBe(stacks.length);
  });

  it('in both directions', () => {
    expect(flowsOf([tagged(9, 8, 7, 6), turned(tagged(9, 8, 7, 6)), turned(tagged(9, 8, 5, 6))])).toBe(2);
  });

  it('untagged is VLAN 0', () => {
    expect(
      flowsOf([tagged(), tagged(0), tagged(0, 0), tagged(0, 0, 0), tagged(0, 0, 0, 0), tagged(0, 0, 0, 0, 0)]),
    ).toBe(1);
  });

  it('beyond the innermost four do not count', () => {
    expect(flowsOf([tagged(1, 2, 3, 4, 5), tagged(9, 2, 3, 4, 5), tagged(2, 3, 4, 5)])).toBe(1);
  });

  it('are left out on request', () => {
    const stacks = [[], [5], [6], [5, 6], [5, 0, 6], [5, 0, 0, 6]];
    expect(
      flowsOf(
        stacks.map((vlans) => tagged(...vlans)),
        { vlanInKey: false },
      ),
    ).toBe(1);
  });
});

describe('tunnels in the key', () => {
  it('equal packets in two networks are two flows, and not the flow without a tunnel', () => {
    const networks = [0, 7, 8, 0xffffff];
    expect(flowsOf(networks.flatMap((vxlan) => [{ ...PACKET, vxlan }, turned({ ...PACKET, vxlan })]))).toBe(4);
  });

  it('VLANs are those of the packet inside', () => {
    expect(
      flowsOf([{ ...tagged(5), vxlan: 7 }, { ...tagged(6), vxlan: 7 }, { ...tagged(), vxlan: 7 }, tagged(5)]),
    ).toBe(4);
  });

  it('are compared in full when their hashes are equal', () => {
    const packets = [7, 8, 7, 8].map((vxlan) => ({ ...PACKET, vxlan }));
    const meter = new TestMeter(OPTIONS);
    const { decoded } = meter;
    meter.change = () => {
      for (let k = 0; k < decoded.count; k++) {
        decoded.key[(k << Size.KeyShift) | W.Scope] = 1;
        decoded.hash[k] = 1;
      }
    };
    meter.process(new Capture(packets).fill(0, packets.length));
    expect(Array.from(decoded.tunnel.subarray(0, 3))).toEqual([7, 0, 7]);
    expect(decoded.tunnel[Size.TunnelWords + TunnelWord.Ids]).toBe(8);
    expect(meter.meter.cache.size).toBe(2);
    expect(decoded.flow[2]).toBe(decoded.flow[0]);
    expect(decoded.flow[3]).toBe(decoded.flow[1]);
  });
});

describe('ends in the key', () => {
  it('the first packet is forward, also when it is the answer', () => {
    const [record] = meterPackets([turned(PACKET), PACKET], OPTIONS);
    expect(record).toContain('a000002:80>a000001:1000');
  });

  it('equal address and port on both ends: all is forward', () => {
    const same = { ...PACKET, destination: 1, destinationPort: PACKET.sourcePort };
    const [record] = meterPackets([same, turned(same), same], OPTIONS);
    expect(record).toContain(' 3p ');
    expect(record).not.toContain(' | ');
  });

  it('equal addresses, different ports: both directions', () => {
    const same = { ...PACKET, destination: 1 };
    const [record] = meterPackets([same, turned(same)], OPTIONS);
    expect(record).toContain(' | 1p ');
  });

  it('an ICMP echo and its reply are two flows; type and code stay the destination port when the ends are exchanged', () => {
    const echo = { ...PACKET, protocol: 1, sourcePort: 0, destinationPort: 8 * 256 };
    const back = { ...echo, source: 2, destination: 1 };
    expect(flowsOf([echo, { ...back, destinationPort: 0 }])).toBe(2);
    expect(meterPackets([echo, back], OPTIONS)).toEqual([expect.stringContaining(':2048 ')]);
  });

  it('protocols, versions and ports tell flows apart', () => {
    const packets = [6, 17, 132].flatMap((protocol) =>
      ([4, 6] as const).map((version) => ({ ...PACKET, protocol, version })),
    );
    expect(flowsOf([...packets, { ...PACKET, sourcePort: 1001 }, { ...PACKET, destinationPort: 81 }])).toBe(8);
  });
});
