import { describe, expect, it } from 'vitest';

import { BatchDecoder } from '../../../src/decode/decode-batch.js';
import { createDecodeSettings } from '../../../src/decode/decode-settings.js';
import { DecodedBatch, Fact, Size } from '../../../src/decode/decoded-batch.js';
import { createHashSeed } from '../../../src/decode/flow-key.js';
import { W } from '../../../src/flow/flow-record.js';
import { FragmentPorts } from '../../../src/flow/fragment-ports.js';
import { Capture, keyOf, type Packet, PACKET } from '../../support/traffic.js';

const SEED = createHashSeed(11);
const START_US = 1_700_000_000_000_000;
const SECOND_US = 1_000_000;

/** A first fragment (a later one with `later`); the ports of a later one are not on the wire. */
const first = (more: Partial<Packet> = {}, identification = 77): Packet => ({
  ...PACKET,
  timeUs: START_US,
  ...more,
  fragment: { identification, first: true },
});
const later = (more: Partial<Packet> = {}, identification = 77): Packet => ({
  ...first(more),
  fragment: { identification, first: false },
});

interface Outcome {
  /** Port words of the packets. */
  readonly ports: readonly number[];
  readonly protocols: readonly number[];
  readonly hashes: readonly number[];
  readonly facts: readonly number[];
  readonly table: FragmentPorts;
}

function pass(packets: readonly Packet[], { table = new FragmentPorts(SEED), vlanInKey = true } = {}): Outcome {
  const capture = new Capture(packets);
  const decoder = new BatchDecoder(createDecodeSettings({ seed: SEED, vlanInKey, decap: ['vxlan'] }));
  const decoded = new DecodedBatch(256);
  const ports: number[] = [];
  const protocols: number[] = [];
  const hashes: number[] = [];
  const facts: number[] = [];
  for (let from = 0; from < packets.length; from += 256) {
    const batch = capture.fill(from, Math.min(packets.length, from + 256));
    decoder.decode(batch, 0, batch.count, decoded);
    if (decoded.fragments > 0) table.pass(decoded);
    for (let k = 0; k < decoded.count; k++) {
      ports.push(keyOf(decoded, k)[W.Ports]);
      protocols.push(keyOf(decoded, k)[W.Protocol] & 0xff);
      hashes.push(decoded.hash[k]);
      facts.push(decoded.facts[k]);
    }
  }
  return { ports, protocols, hashes, facts, table };
}

const PORTS = (PACKET.sourcePort << 16) | PACKET.destinationPort;

describe('the ports of fragments', () => {
  it.each([4, 6] as const)('IPv%i: later fragments have those of the first, and belong to its flow', (version) => {
    const { ports, hashes, facts, table } = pass([
      first({ version }),
      later({ version }),
      { ...PACKET, timeUs: START_US, version },
      later({ version }),
    ]);
    expect(ports).toEqual([PORTS, PORTS, PORTS, PORTS]);
    expect(new Set(hashes).size).toBe(1);
    expect(facts.every((fact) => fact & Fact.PortsPresent)).toBe(true);
    expect([table.unknown, table.overflow]).toEqual([0, 0]);
  });

  it('are 0 before the first fragment came, and when it never comes', () => {
    const { ports, facts, table } = pass([later(), first(), later({}, 78)]);
    expect(ports).toEqual([0, PORTS, 0]);
    expect(facts[0] & Fact.PortsPresent).toBe(0);
    expect(table.unknown).toBe(2);
  });

  it('are kept across batches', () => {
    const { table } = pass([first()]);
    expect(pass([later()], { table }).ports).toEqual([PORTS]);
  });

  it('are those of the last first fragment when an identification is used again', () => {
    const { ports, table } = pass([first(), first({ sourcePort: 9 }), later()]);
    expect(ports[2]).toBe((9 << 16) | 80);
    expect(table.overflow).toBe(0);
  });

  it('serve for 30 s, and not a microsecond longer', () => {
    const after = (us: number): number[] => [...pass([first(), later({ timeUs: START_US + us })]).ports];
    expect(after(30 * SECOND_US)).toEqual([PORTS, PORTS]);
    expect(after(30 * SECOND_US + 1)).toEqual([PORTS, 0]);
  });

  it('serve fragments whose time stamp is earlier', () => {
    expect(pass([first(), later({ timeUs: START_US - 3600 * SECOND_US })]).ports).toEqual([PORTS, PORTS]);
  });

  it.each<[string, Partial<Packet>]>([
    ['the opposite direction', { source: 2, destination: 1 }],
    ['another source', { source: 3 }],
    ['another destination', { destination: 3 }],
    ['another protocol', { protocol: 132 }],
    ['another IP version', { version: 6 }],
    ['another VLAN', { vlans: [5] }],
    ['another outer VLAN', { vlans: [5, 0] }],
    ['another third VLAN', { vlans: [5, 0, 0] }],
    ['a tunnel', { vxlan: 7 }],
  ])('are not those of %s', (_, other) => {
    const { ports, table } = pass([first(), later(other), first({ ...other, sourcePort: 9 }), later(), later(other)]);
    expect(ports).toEqual([PORTS, 0, (9 << 16) | 80, PORTS, (9 << 16) | 80]);
    expect(table.unknown).toBe(1);
  });

  it('of two tunnels are kept apart', () => {
    const { ports } = pass([first({ vxlan: 7 }), later({ vxlan: 8 }), later({ vxlan: 7 })]);
    expect(ports).toEqual([PORTS, 0, PORTS]);
  });

  it('do not ask for VLANs that are not in the key', () => {
    expect(pass([first({ vlans: [5] }), later({ vlans: [6] })], { vlanInKey: false }).ports).toEqual([PORTS, PORTS]);
  });

  it('IPv6 identifications have 32 bits', () => {
    const { ports } = pass([
      first({ version: 6 }, 0x8001_0002),
      later({ version: 6 }, 2),
      later({ version: 6 }, 0x0001_0002),
      later({ version: 6 }, 0x8001_0002),
    ]);
    expect(ports).toEqual([PORTS, 0, 0, PORTS]);
  });

  it('IPv6: the protocol is that of the first fragment, too, where extension headers stand in the fragments', () => {
    const options = 60;
    const { ports, protocols, hashes } = pass([
      first({ version: 6 }),
      later({ version: 6, protocol: options }),
      first({ version: 6, protocol: 58, sourcePort: 0, destinationPort: 0x8000 }, 78),
      later({ version: 6, protocol: options }, 78),
      later({ version: 6, protocol: 58 }),
      later({ version: 6, protocol: options }, 79),
    ]);
    expect(protocols).toEqual([17, 17, 58, 58, 17, options]);
    expect(ports).toEqual([PORTS, PORTS, 0x8000, 0x8000, PORTS, 0]);
    expect([hashes[1], hashes[3], hashes[4]]).toEqual([hashes[0], hashes[2], hashes[0]]);
  });

  it('IPv4: fragments of another protocol are of another datagram', () => {
    expect(pass([first(), later({ protocol: 132 })]).protocols).toEqual([17, 132]);
  });

  it('ICMP: later fragments have type and code of the first', () => {
    const echo = { protocol: 1, sourcePort: 0, destinationPort: 0x0800 };
    const { ports, hashes } = pass([first(echo), later(echo)]);
    expect(ports).toEqual([0x0800, 0x0800]);
    expect(hashes[1]).toBe(hashes[0]);
  });

  it('a first fragment that is cut before its ports teaches that they are 0', () => {
    const { ports, table } = pass([first({ snap: 3 }), later()]);
    expect(ports).toEqual([0, 0]);
    expect(table.unknown).toBe(0);
  });

  it('hold from time stamp 0 on', () => {
    const packets = [1, 2, 3].flatMap((n) => [first({ timeUs: 0, sourcePort: n }, n), later({ timeUs: 0 }, n)]);
    expect(pass(packets).ports).toEqual([1, 1, 2, 2, 3, 3].map((n) => (n << 16) | 80));
  });
});

/** More datagrams than the table has entries. */
const MANY = 80_000;

/** Rows for fragments of the datagrams `from` to `to`, one a microsecond: first ones with port 1, or later ones. Returns the port words. */
function passMany(table: FragmentPorts, fact: Fact, from: number, to: number, timeUs: number): number[] {
  const decoded = new DecodedBatch(256);
  const ports: number[] = [];
  for (let id = from; id < to;) {
    decoded.count = Math.min(256, to - id);
    decoded.fragments = decoded.count;
    for (let k = 0; k < decoded.count; k++, id++) {
      decoded.key.set([0x0a000001, 0, 0, 0, 0x0a000002, 0, 0, 0, 0, 17 | 0x400, 0, 0], k << Size.KeyShift);
      if (fact === Fact.FragmentFirst) decoded.key[(k << Size.KeyShift) | W.Ports] = 1;
      decoded.facts[k] = fact;
      decoded.identification[k] = id;
      decoded.timeUs[k] = timeUs + id;
    }
    table.pass(decoded);
    for (let k = 0; k < decoded.count; k++) ports.push(decoded.key[(k << Size.KeyShift) | W.Ports]);
  }
  return ports;
}

describe('the table of fragments', () => {
  it('counts what it forgets, and forgets nothing else', () => {
    const table = new FragmentPorts(SEED);
    passMany(table, Fact.FragmentFirst, 0, MANY, START_US);
    const ports = passMany(table, Fact.FragmentLater, 0, MANY, START_US);
    expect(table.overflow).toBeGreaterThan(MANY - 65_536);
    expect(ports.filter((port) => port === 0)).toHaveLength(table.overflow);
    expect(table.unknown).toBe(table.overflow);
    // Of four ways the oldest gives way: the last datagrams are all there.
    expect(ports.slice(-5000).every((port) => port === 1)).toBe(true);
  });

  it('does not count what is out of date', () => {
    const table = new FragmentPorts(SEED);
    let alone = 0;
    for (let round = 0; round < 3; round++) {
      const timeUs = START_US + round * 31 * SECOND_US;
      const fresh = new FragmentPorts(SEED);
      passMany(table, Fact.FragmentFirst, round * 30_000, (round + 1) * 30_000, timeUs);
      passMany(fresh, Fact.FragmentFirst, round * 30_000, (round + 1) * 30_000, timeUs);
      alone += fresh.overflow;
    }
    expect(table.overflow).toBe(alone);
  });

  it('a later fragment that nobody announced takes no room', () => {
    const table = new FragmentPorts(SEED);
    passMany(table, Fact.FragmentFirst, 0, 1000, START_US);
    passMany(table, Fact.FragmentLater, 1000, MANY, START_US);
    expect(passMany(table, Fact.FragmentLater, 0, 1000, START_US)).toEqual(new Array(1000).fill(1));
    expect(table.overflow).toBe(0);
  });
});
