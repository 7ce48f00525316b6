import { describe, expect, it } from 'vitest';

import { MAX_PACKET_OCTETS } from '../../../src/capture/capture-reader.js';
import { MAX_INTERFACES } from '../../../src/capture/interface-table.js';
import {
  block,
  concat,
  enhancedPacket,
  interfaceDescription,
  obsoletePacket,
  option,
  payload,
  sectionHeader,
  simplePacket,
  words,
} from './capture-builder.js';
import { hex, readOctets } from './reading.js';

const comment = option(1, payload(33));
const nameResolution = (littleEndian = true) => block({ type: 4, body: payload(40) }, littleEndian);
const statistics = (littleEndian = true) => block({ type: 5, body: payload(12) }, littleEndian);

/** A section that has one of everything. */
function section(littleEndian: boolean): Uint8Array[] {
  return [
    sectionHeader(littleEndian, concat([option(4, payload(9), littleEndian), option(0, payload(0), littleEndian)])),
    interfaceDescription({ name: 'eth0', snapLength: 50 }, littleEndian),
    enhancedPacket({ time: 1_700_000_000_000_001n, data: payload(60, 1), wire: 1514, options: comment }, littleEndian),
    interfaceDescription({ name: 'wlan0', linkType: 127, resolution: 9 }, littleEndian),
    nameResolution(littleEndian),
    enhancedPacket({ interface: 1, time: 1_700_000_000_000_000_007n, data: payload(61, 2) }, littleEndian),
    simplePacket(payload(50, 3), 1000, littleEndian),
    obsoletePacket({ interface: 1, time: 1_700_000_001_000_000_008n, data: payload(3, 4), wire: 64 }, littleEndian),
    block({ type: 0x4000_0bad, body: payload(16) }, littleEndian),
    statistics(littleEndian),
  ];
}

const sectionPackets = [
  { time: 1_700_000_000_000_001_000n, captured: 60, wire: 1514, link: 1, interface: 0, data: hex(payload(60, 1)) },
  { time: 1_700_000_000_000_000_007n, captured: 61, wire: 61, link: 127, interface: 1, data: hex(payload(61, 2)) },
  { time: 0n, captured: 50, wire: 1000, link: 1, interface: 0, data: hex(payload(50, 3)) },
  { time: 1_700_000_001_000_000_008n, captured: 3, wire: 64, link: 127, interface: 1, data: hex(payload(3, 4)) },
];

const preamble = [sectionHeader(), interfaceDescription()];
const packet = (seed: number) => enhancedPacket({ time: BigInt(seed), data: payload(20, seed) });

function octetsOf(blocks: readonly Uint8Array[]): number {
  return concat(blocks).length;
}

describe('blocks', () => {
  it.each([true, false])('of every kind are read, little endian %s', async (littleEndian) => {
    const { packets, fault, interfaces } = await readOctets(concat(section(littleEndian)));
    expect(packets).toEqual(sectionPackets);
    expect(fault).toBeNull();
    expect(interfaces.rows).toEqual([
      { name: 'eth0', linkType: 1, input: 'memory', id: 0 },
      { name: 'wlan0', linkType: 127, input: 'memory', id: 1 },
    ]);
  });

  it('of several sections are read, each in its own byte order', async () => {
    const other = [sectionHeader(false), interfaceDescription({ name: 'tun0', linkType: 101 }, false)];
    const last = enhancedPacket({ data: payload(9) }, false);
    const { packets, fault, interfaces } = await readOctets(
      concat([...section(true), ...section(false), ...other, last, ...section(true)]),
    );
    expect(fault).toBeNull();
    expect(packets).toHaveLength(13);
    expect(packets.slice(4, 8)).toEqual(sectionPackets);
    expect(packets[8]).toMatchObject({ link: 101, interface: 2 });
    expect(packets.slice(9)).toEqual(sectionPackets);
    expect(interfaces.rows.map(({ name, id }) => [name, id])).toEqual([
      ['eth0', 0],
      ['wlan0', 1],
      ['tun0', 0],
    ]);
  });

  it('need no options, and unknown options are skipped', async () => {
    const body = concat([words([101, 0], true), option(0x8bad, payload(5)), option(2, new TextEncoder().encode('x'))]);
    const { packets, interfaces } = await readOctets(concat([sectionHeader(), block({ type: 1, body }), packet(1)]));
    expect(packets).toHaveLength(1);
    expect(interfaces.rows[0]).toMatchObject({ name: 'x', linkType: 101 });
  });

  it('carry if_tsoffset', async () => {
    const clock = { resolution: 0x80 | 10, offset: 1_700_000_000n };
    const { packets } = await readOctets(
      concat([sectionHeader(), interfaceDescription(clock), enhancedPacket({ time: 512n, data: payload(1) })]),
    );
    expect(packets[0].time).toBe(1_700_000_000_500_000_000n);
  });

  it.each([
    ['octets', 4, 4],
    ['bits', 32, 4],
    ['16 bits', 16, 2],
    ['neither', 200, 0],
  ])(
    'carry if_fcslen in %s: what was captured of the check sequence is no part of the packet',
    async (_, value, octets) => {
      const link = (options: Uint8Array): Uint8Array =>
        block({ type: 1, body: concat([words([1, 0], true), options]) });
      const frames = [
        enhancedPacket({ data: payload(60) }),
        enhancedPacket({ data: payload(60), wire: 61 }),
        enhancedPacket({ data: payload(60), wire: 1514 }),
        simplePacket(payload(50), 50),
        enhancedPacket({ interface: 1, data: payload(60) }),
      ];
      const described = [link(option(13, new Uint8Array([value]))), interfaceDescription()];
      const { packets, fault } = await readOctets(
        concat([sectionHeader(), ...described, ...frames, ...preamble, frames[0]]),
      );
      expect(fault).toBeNull();
      expect(packets.map(({ captured, wire }) => [captured, wire])).toEqual([
        [60 - octets, 60 - octets],
        [60 - Math.max(0, octets - 1), 61 - octets],
        [60, 1514 - octets],
        [50 - octets, 50 - octets],
        [60, 60],
        [60, 60],
      ]);
    },
  );

  it('with a time out of range are counted', async () => {
    const far = enhancedPacket({ time: (1n << 64n) - 1n, data: payload(1) });
    const { packets, oddTimestamps } = await readOctets(concat([...preamble, far, packet(1)]));
    expect(packets.map(({ time }) => time)).toEqual([BigInt(Number.MAX_SAFE_INTEGER) * 1000n, 1000n]);
    expect(oddTimestamps).toBe(1);
  });
});

describe('simple packets', () => {
  it.each([
    { snapLength: 0, wire: 30, captured: 30 },
    { snapLength: 100, wire: 30, captured: 30 },
    { snapLength: 30, wire: 100, captured: 30 },
    { snapLength: 0xffff_ffff, wire: 30, captured: 30 },
  ])('have the snap length of interface 0: $snapLength', async ({ snapLength, wire, captured }) => {
    const other = interfaceDescription({ snapLength: 7 });
    const { packets, fault } = await readOctets(
      concat([sectionHeader(), interfaceDescription({ snapLength }), other, simplePacket(payload(30), wire)]),
    );
    expect(fault).toBeNull();
    expect(packets[0]).toMatchObject({ captured, wire, interface: 0 });
  });
});

describe('interface names', () => {
  const nameOf = async (name: string) => {
    const { interfaces } = await readOctets(concat([sectionHeader(), interfaceDescription({ name })]));
    return interfaces.rows[0].name;
  };

  it('lose control characters and what is too long', async () => {
    expect(await nameOf('bad\x1b[31m\nname')).toBe('bad\ufffd[31m\ufffdname');
    expect(await nameOf('n'.repeat(1000))).toBe('n'.repeat(255));
    expect(await nameOf('eth0\0')).toBe('eth0');
  });

  it('are the name of the input when there is none', async () => {
    expect(await nameOf('')).toBe('memory');
  });
});

describe('long blocks', () => {
  const long = block({ type: 0x0bad, body: payload(1_500_000) });

  it('that are unknown are passed over', async () => {
    const { packets, fault } = await readOctets(concat([...preamble, packet(1), long, packet(2), long]));
    expect(packets.map(({ data }) => data)).toEqual([hex(payload(20, 1)), hex(payload(20, 2))]);
    expect(fault).toBeNull();
  });

  it('of a packet give the packet', async () => {
    const options = concat(Array.from({ length: 12 }, () => option(1, payload(65_532))));
    const data = payload(MAX_PACKET_OCTETS, 9);
    const { packets, fault } = await readOctets(concat([...preamble, enhancedPacket({ data, options }), packet(2)]));
    expect(fault).toBeNull();
    expect(packets).toHaveLength(2);
    expect(packets[0].data).toBe(hex(data));
  });

  it('that are cut or end wrongly are named by where they begin', async () => {
    const before = [...preamble, packet(1)];
    const cut = await readOctets(concat([...before, long.subarray(0, 1_000_000)]));
    expect(cut.packets).toHaveLength(1);
    expect(cut.fault).toMatchObject({
      offset: octetsOf(before),
      message: expect.stringContaining('1000000 octets into'),
    });
    const wrong = block({ type: 0x0bad, body: payload(1_500_000), trailer: 16 });
    const damaged = await readOctets(concat([...before, wrong, packet(2)]));
    expect(damaged.packets).toHaveLength(1);
    expect(damaged.fault).toMatchObject({ offset: octetsOf(before), message: expect.stringContaining('length 16') });
  });
});

/** An enhanced packet block whose length, in both places, is no multiple of 4. */
function unpadded(data: Uint8Array): Uint8Array {
  const length = 32 + data.length;
  return concat([words([6, length, 0, 0, 0, data.length, data.length], true), data, words([length], true)]);
}

describe('damage', () => {
  const before = [...preamble, packet(1)];
  const good = enhancedPacket({ data: payload(20) });
  const cases: readonly [what: string, damaged: Uint8Array, message: string][] = [
    ['a block shorter than any', block({ type: 6, body: payload(20), length: 8 }), 'claims 8 octets'],
    ['a length that is no multiple of 4', block({ type: 6, body: payload(40), length: 50 }), 'claims 50 octets'],
    [
      'a length beyond all bounds',
      block({ type: 0x0bad, body: payload(20), length: 0x0100_0004 }),
      'claims 16777220 octets',
    ],
    ['a good packet whose lengths differ', concat([good.subarray(0, -4), words([56], true)]), 'ends with length 56'],
    ['a good packet without padding', unpadded(payload(21)), 'claims 53 octets'],
    ['lengths that differ', block({ type: 6, body: payload(40), trailer: 48 }), 'ends with length 48'],
    [
      'an unknown block with lengths that differ',
      block({ type: 99, body: payload(40), trailer: 0 }),
      'ends with length 0',
    ],
    ['a packet block too short', block({ type: 6, body: payload(16) }), 'a packet block of 28 octets'],
    ['a simple packet block too short', block({ type: 3, body: payload(0) }), 'a simple packet block of 12 octets'],
    ['an interface too short', block({ type: 1, body: payload(4) }), 'interface description block of 16 octets'],
    ['a packet longer than its block', enhancedPacket({ data: payload(20), claimed: 21 }), 'claims 21 captured octets'],
    [
      'a packet longer than any',
      enhancedPacket({ data: payload(20), claimed: 0xffff_ffff }),
      'at most 20 were expected',
    ],
    ['an obsolete packet longer than its block', obsoletePacket({ data: payload(8), claimed: 9 }), 'claims 9 captured'],
    ['a simple packet longer than its block', simplePacket(payload(20), 21), 'claims 21 captured octets'],
    [
      'an interface that was not described',
      enhancedPacket({ interface: 1, data: payload(4) }),
      'a packet of interface 1',
    ],
    [
      'an option longer than its block',
      block({ type: 1, body: words([1, 0, 0x00ff_0002], true) }),
      'claims 255 octets',
    ],
    ['a resolution beyond all bounds', interfaceDescription({ resolution: 0x7f }), '10^-127 s'],
    ['a section of another version', sectionHeader(true, payload(0), 2), 'pcapng version 2'],
    ['a section without magic', block({ type: 0x0a0d0d0a, body: payload(16) }), 'byte-order magic'],
  ];

  it.each(cases)('%s ends the input', async (_, damaged, message) => {
    const { packets, fault } = await readOctets(concat([...before, damaged, packet(2)]));
    expect(packets).toHaveLength(1);
    expect(fault?.offset).toBe(octetsOf(before));
    expect(fault?.message).toContain(message);
  });

  it('a packet larger than the largest ends the input, though its block holds it', async () => {
    const { packets, fault } = await readOctets(
      concat([...before, enhancedPacket({ data: payload(MAX_PACKET_OCTETS + 1) }), packet(2)]),
    );
    expect(packets).toHaveLength(1);
    expect(fault?.message).toContain('claims 262145 captured octets, at most 262144');
  });

  it('a simple packet before any interface ends the input', async () => {
    const { fault } = await readOctets(concat([sectionHeader(), simplePacket(payload(4))]));
    expect(fault?.message).toContain('a packet of interface 0, the section has described 0 so far');
  });

  it('a first block that is no section header ends the input', async () => {
    const { fault } = await readOctets(concat([interfaceDescription(), packet(1)]));
    expect(fault).toMatchObject({ offset: 0, message: expect.stringContaining('no section header') });
  });

  it('too many interfaces end the input', async () => {
    const interfaces = Array.from({ length: MAX_INTERFACES + 1 }, () => interfaceDescription());
    const { fault } = await readOctets(concat([sectionHeader(), ...interfaces]));
    expect(fault?.message).toContain('more than 65535 interfaces');
  });

  it('cut at every octet: delivers what is whole and says where the cut block begins', async () => {
    const blocks = [...section(true), ...section(false)];
    const whole = concat(blocks);
    const starts = [0];
    for (const each of blocks) starts.push(starts.at(-1)! + each.length);
    const holdsPacket = [2, 5, 6, 7, 12, 15, 16, 17];
    for (let length = 4; length < whole.length; length++) {
      const { packets, fault } = await readOctets(whole.subarray(0, length));
      const complete = starts.filter((start) => start <= length).length - 1;
      expect(packets).toEqual(
        [...sectionPackets, ...sectionPackets].slice(0, holdsPacket.filter((at) => at < complete).length),
      );
      if (starts.includes(length)) expect(fault).toBeNull();
      else expect(fault).toMatchObject({ offset: starts[complete], message: expect.stringMatching(/is cut/) });
    }
  });
});
