import { describe, expect, it } from 'vitest';

import {
  createHashSeed,
  hashAddress4,
  hashAddress6,
  hashEnd,
  hashKey,
  type HashSeed,
} from '../../../src/decode/flow-key.js';
import { BatchDecoder } from '../../../src/decode/decode-batch.js';
import { createDecodeSettings } from '../../../src/decode/decode-settings.js';
import { DecodedBatch } from '../../../src/decode/decoded-batch.js';
import { FlowTable } from '../../../src/flow/flow-table.js';
import { Capture, type Packet, PACKET } from '../../support/traffic.js';

/** A key of one or four address words and a port at each end. */
type End = readonly [words: readonly number[], port: number];
type Key = readonly [End, End];

function hashOf(seed: HashSeed, [source, destination]: Key): number {
  const end = ([w, port]: End): number =>
    hashEnd(seed, w.length === 1 ? hashAddress4(seed, w[0]) : hashAddress6(seed, w[0], w[1], w[2], w[3]), port);
  return hashKey(seed, end(source) + end(destination), 6 | (source[0].length === 1 ? 0x400 : 0x600), 0, 0);
}

/** `key` with one bit changed: address words, then port, of the source, then of the destination. */
function flipped(key: Key, bit: number): Key {
  const bits = 32 * key[0][0].length + 16;
  const n = bit % bits;
  const side = bit < bits ? 0 : 1;
  const [words, port] = key[side];
  const end: End =
    n >= bits - 16
      ? [words, port ^ (1 << (n - bits + 16))]
      : [words.map((word, w) => (w === n >>> 5 ? word ^ (1 << (n & 31)) : word)), port];
  return side === 0 ? [end, key[1]] : [key[0], end];
}

const bitsOf = (key: Key): number => 2 * (32 * key[0][0].length + 16);

const IPV4: Key = [
  [[0x0a000001], 51_234],
  [[0xc0a80164 | 0], 443],
];
const IPV6: Key = [
  [[0x20010db8, 0, 0, 1], 51_234],
  [[0x20010db8, 7, 0x0211_22ff, 0xfe33_4455 | 0], 443],
];

const seeds = Array.from({ length: 1000 }, (_, i) => createHashSeed(i * 7919 + 1));

/** Probes that a lookup takes on average among flows with these hashes: about 1.5 when they are random. */
function meanProbes(hashes: readonly number[]): number {
  const table = new FlowTable();
  table.reserve(hashes.length);
  hashes.forEach((hash, i) => table.insert(hash, i + 1));
  const { slots, mask } = table;
  let probes = 0;
  for (let s = 0; s <= mask; s++) if (slots[2 * s + 1] !== 0) probes += ((s - slots[2 * s]) & mask) + 1;
  return probes / hashes.length;
}

const keys = (count: number, of: (i: number) => Key): Key[] => Array.from({ length: count }, (_, i) => of(i));
const v4 = (source: number, port: number, destination: number, toPort: number): Key => [
  [[source | 0], port & 0xffff],
  [[destination | 0], toPort & 0xffff],
];
const v6 = (a0: number, a1: number, a2: number, a3: number): Key => [
  [[a0, a1, a2, a3], 1000],
  [[0x20010db8, 0, 0, 1], 80],
];
const COUNT = 1 << 15;
const bits = (i: number, from: number, count: number): number => (i >>> from) & ((1 << count) - 1);

/** Sets of keys as networks have them, and as someone would choose who wants them to collide. */
const families: Record<string, readonly Key[]> = {
  'addresses one after the other': keys(COUNT, (i) => v4(0x0a000000 + i, 1000, 0xc0a80001, 80)),
  'ports one after the other': keys(COUNT, (i) => v4(0x0a000001, i, 0xc0a80001, 80)),
  'a scan of addresses and ports': keys(COUNT, (i) =>
    v4(0x0a000001, 40_000, 0xc0a80000 + bits(i, 0, 8), bits(i, 8, 7)),
  ),
  'two networks talking': keys(COUNT, (i) => v4(0x0a000000 + bits(i, 0, 8), 1000, 0x0a000100 + bits(i, 8, 7), 80)),
  'addresses 256 apart': keys(COUNT, (i) => v4(0x0a000000 + (i << 8), 1000, 0xc0a80001, 80)),
  'addresses of which one rises and one falls': keys(COUNT, (i) => v4(0x0a000000 + i, 80, 0x0b000000 - i, 80)),
  'ports of which one rises and one falls': keys(COUNT, (i) => v4(0x0a000001, i, 0x0a000002, 60_000 - i)),
  'the same between equal addresses': keys(COUNT, (i) => v4(0x0a000001, i, 0x0a000001, -i - 2)),
  'addresses and ports in opposite steps': keys(COUNT, (i) =>
    v4(0x0a000000 + bits(i, 0, 8), 1000 + bits(i, 8, 7), 0x0a100000 - bits(i, 0, 8), 9000 - bits(i, 8, 7)),
  ),
  'the highest bits of both addresses': keys(COUNT, (i) => v4(bits(i, 0, 8) << 24, 80, bits(i, 8, 7) << 25, 443)),
  'the highest bits of address and port': keys(COUNT, (i) =>
    v4(bits(i, 0, 8) << 24, bits(i, 8, 7) << 9, 0x0a000001, 80),
  ),
  'IPv6: hosts one after the other': keys(COUNT, (i) => v6(0x20010db8, 5, 0, i)),
  'IPv6: hosts with EUI-64 addresses': keys(COUNT, (i) => v6(0x20010db8, 5, 0x021122ff, 0xfe000000 | i)),
  'IPv6: networks one after the other': keys(COUNT, (i) => v6(0x20010db8, i, 0, 1)),
  // What a difference in the highest bits of one word becomes in one round lies in the highest bits and in those from 16 on.
  'IPv6: the last two words against each other': keys(COUNT, (i) =>
    v6(0x20010db8, 5, bits(i, 0, 5) << 27, (bits(i, 5, 5) << 27) | (bits(i, 10, 5) << 12)),
  ),
  'IPv6: the middle words against each other': keys(COUNT, (i) =>
    v6(0x20010db8, bits(i, 0, 5) << 27, (bits(i, 5, 5) << 27) | (bits(i, 10, 5) << 12), 9),
  ),
  'IPv6: the first two words against each other': keys(COUNT, (i) =>
    v6(bits(i, 0, 5) << 27, (bits(i, 5, 5) << 27) | (bits(i, 10, 5) << 12), 3, 9),
  ),
};

describe('the hash of a flow key', () => {
  it.each([
    ['IPv4', IPV4, 2],
    // Three times as many pairs of bits: every ninth seed does.
    ['IPv6', IPV6, 9],
  ])('%s: no change of one bit or two collides more often than by chance', (_, key, every) => {
    const chosen = seeds.filter((_seed, i) => i % every === 0);
    const hashes = chosen.map((seed) => hashOf(seed, key));
    const often: string[] = [];
    for (let i = 0; i < bitsOf(key); i++) {
      for (let j = i; j < bitsOf(key); j++) {
        const other = i === j ? flipped(key, i) : flipped(flipped(key, i), j);
        let collisions = 0;
        for (let n = 0; n < chosen.length; n++) if (hashOf(chosen[n], other) === hashes[n]) collisions++;
        if (collisions > 1) often.push(`bits ${i} and ${j}: ${collisions} of ${chosen.length} seeds`);
      }
    }
    expect(often).toEqual([]);
  });

  it('IPv6: what one word does to the hash no other word undoes, in 1,000 seeds', () => {
    for (const word of [0, 1, 2]) {
      const other = [31, 63, 48].reduce((key, bit) => flipped(key, 32 * word + bit), IPV6);
      const collisions = seeds.filter((seed) => hashOf(seed, other) === hashOf(seed, IPV6)).length;
      expect([word, collisions]).toEqual([word, 0]);
    }
  });

  it.each(Object.entries(families))('spreads %s', (_, family) => {
    const results = seeds.slice(0, 16).map((seed) => {
      const hashes = family.map((key) => hashOf(seed, key));
      const slots = new Int32Array(4096);
      for (const hash of hashes) slots[hash & 4095]++;
      const mean = COUNT / 4096;
      return { probes: meanProbes(hashes), chiSquare: slots.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0) };
    });
    // A few seeds are weak against a few families, but nobody knows which seed is in use: most of them shall be good, all bearable.
    results.sort((a, b) => a.probes - b.probes);
    expect(results[12].probes).toBeLessThan(1.6);
    expect(results[15].probes).toBeLessThan(3);
    // Over 4,096 slots chi-square has a mean of 4,095 and a standard deviation of 90; sequences may spread better than chance.
    expect(results[12].chiSquare).toBeLessThan(4095 + 6 * 90);
  });

  it('gives other slots with another seed', () => {
    const family = families['addresses one after the other'];
    const [one, other] = seeds.slice(0, 2).map((seed) => family.map((key) => hashOf(seed, key) & 4095));
    const same = one.filter((slot, i) => slot === other[i]).length;
    expect(same).toBeLessThan(50);
  });

  it('a seed is random unless asked for, and always odd', () => {
    expect(createHashSeed()).not.toEqual(createHashSeed());
    expect(createHashSeed(3)).toEqual(createHashSeed(3));
    expect([...createHashSeed(), ...createHashSeed(0)].every((word) => word & 1)).toBe(true);
  });
});

function decodedHashes(packets: readonly Packet[], vlanInKey = true): number[] {
  const batch = new Capture(packets).fill(0, packets.length);
  const decoded = new DecodedBatch(256);
  const settings = createDecodeSettings({ seed: createHashSeed(3), vlanInKey, decap: ['vxlan'] });
  new BatchDecoder(settings).decode(batch, 0, batch.count, decoded);
  expect(decoded.count).toBe(packets.length);
  return Array.from(decoded.hash.subarray(0, decoded.count));
}

const turned = (p: Packet): Packet => ({
  ...p,
  source: p.destination,
  destination: p.source,
  ...(p.protocol === 1 || p.protocol === 58 ? {} : { sourcePort: p.destinationPort, destinationPort: p.sourcePort }),
});

describe('the hash of a packet', () => {
  const kinds: Packet[] = [6, 17, 1, 58, 132, 89].flatMap((protocol) =>
    ([4, 6] as const).flatMap((version) => [
      { ...PACKET, protocol, version },
      { ...PACKET, protocol, version, vlans: [5] },
      { ...PACKET, protocol, version, vlans: [9, 8, 7, 5] },
      { ...PACKET, protocol, version, vxlan: 7 },
    ]),
  );

  it('is the same in both directions', () => {
    expect(decodedHashes(kinds.map(turned))).toEqual(decodedHashes(kinds));
  });

  it('differs with addresses, ports, protocol, version, VLANs and tunnel', () => {
    const hashes = decodedHashes(kinds);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('does not know VLANs that are not in the key', () => {
    const hashes = decodedHashes(kinds, false);
    for (let i = 0; i < kinds.length; i += 4) expect(hashes.slice(i, i + 3)).toEqual(new Array(3).fill(hashes[i]));
    expect(new Set(hashes).size).toBe(kinds.length / 2);
  });

  it('tells ICMP types and codes apart, and takes them as they are in both directions', () => {
    const echo = { ...PACKET, protocol: 1, sourcePort: 0, destinationPort: 8 * 256 };
    const hashes = decodedHashes([
      echo,
      { ...echo, destinationPort: 0 },
      { ...echo, destinationPort: 8 * 256 + 1 },
      turned(echo),
    ]);
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[3]).toBe(hashes[0]);
  });
});
