import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Size } from '../../../src/decode/decoded-batch.js';
import { W } from '../../../src/flow/flow-record.js';
import { copyKey, FlowTable, match, Match } from '../../../src/flow/flow-table.js';
import { runs } from '../../property/runs.js';

/** All flows of the table that a lookup of `hash` comes by, as a probe walks. */
function probed(table: FlowTable, hash: number): number[] {
  const flows: number[] = [];
  for (let s = hash & table.mask; table.slots[2 * s + 1] !== 0; s = (s + 1) & table.mask) {
    if (table.slots[2 * s] === hash) flows.push(table.slots[2 * s + 1]);
  }
  return flows;
}

function expectSame(table: FlowTable, model: ReadonlyMap<number, number>): void {
  expect(table.size).toBe(model.size);
  for (const [flow, hash] of model) expect(probed(table, hash)).toContain(flow);
  const held = table.slots.filter((_, i) => i % 2 === 1 && table.slots[i] !== 0).length;
  expect(held).toBe(model.size);
}

/** Hashes that crowd into few slots, at the ends of the table too; equal ones; the extremes. */
const hash = fc.oneof(
  fc.constantFrom(0, 1, 2, -1, -2, 4094, 4095, 4096, 8191, 0x7fff_ffff, -0x8000_0000),
  fc.integer({ min: -8, max: 8 }),
  fc.integer(),
);

describe('FlowTable', () => {
  it('holds what a map holds, however hashes collide', () => {
    const operation = fc.record({ hash, remove: fc.boolean(), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300, size: 'max' }), (operations) => {
        const table = new FlowTable();
        const model = new Map<number, number>();
        let next = 1;
        for (const { hash: h, remove, pick } of operations) {
          const flows = [...model.keys()];
          const flow = flows[pick % Math.max(1, flows.length)];
          const known = model.get(flow);
          if (remove && known !== undefined) {
            table.remove(known, flow);
            model.delete(flow);
          } else {
            table.reserve(1);
            table.insert(h, next);
            model.set(next++, h);
          }
        }
        expectSame(table, model);
      }),
      runs(200),
    );
  });

  it('keeps all flows when it grows, and is never more than three quarters full', () => {
    const table = new FlowTable();
    const model = new Map<number, number>();
    for (let flow = 1; flow <= 20_000; flow++) {
      table.reserve(1);
      const h = Math.imul(flow, 0x9e3779b1);
      table.insert(h, flow);
      model.set(flow, h);
      if (table.size > 0.75 * (table.mask + 1)) expect.fail(`${table.size} flows in ${table.mask + 1} slots`);
    }
    expectSame(table, model);
  });

  it('grows at once for many, and not for as many as fit', () => {
    const table = new FlowTable();
    table.reserve(100);
    expect(table.mask).toBe(4095);
    table.reserve(100_000);
    expect(table.mask + 1).toBeGreaterThan(100_000 / 0.75);
    expect((table.mask + 1) & table.mask).toBe(0);
  });

  it('finds all of a thousand flows with one hash, and leaves none behind when they go', () => {
    const table = new FlowTable();
    // The last slot: the flows go round the end of the table.
    for (let flow = 1; flow <= 1000; flow++) table.insert(4095, flow);
    expect(probed(table, 4095)).toHaveLength(1000);
    for (let flow = 1; flow <= 1000; flow += 2) table.remove(4095, flow);
    expect(probed(table, 4095).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => 2 * i + 2));
    for (let flow = 2; flow <= 1000; flow += 2) table.remove(4095, flow);
    expect(table.size).toBe(0);
    expect(probed(table, 4095)).toEqual([]);
  });

  it('is empty after it was cleared', () => {
    const table = new FlowTable();
    table.insert(7, 1);
    table.clear();
    expect(table.size).toBe(0);
    expect(probed(table, 7)).toEqual([]);
  });
});

/** A key and a record made of it; what IPv4 leaves undefined is rubbish. */
function record(version: number): { key: Int32Array; words: Int32Array } {
  const key = Int32Array.from({ length: 16 }, (_, i) => 1000 + i);
  key[W.Ports] = (40_000 << 16) | 80;
  key[W.Protocol] = 6 | (version << 8);
  const words = new Int32Array(32).fill(-1);
  copyKey(words, 0, key, 0, 99);
  return { key, words };
}

function turned(key: Int32Array): Int32Array {
  const other = key.slice();
  other.set(key.subarray(0, 4), 4);
  other.set(key.subarray(4, 8), 0);
  other[W.Ports] = (key[W.Ports] << 16) | (key[W.Ports] >>> 16);
  return other;
}

const compare = (words: Int32Array, key: Int32Array): number =>
  match(words, 0, key, 0, (key[W.Ports] << 16) | (key[W.Ports] >>> 16));

describe.each([4, 6])('the keys of IPv%i', (version) => {
  const { key, words } = record(version);

  it('match in both directions', () => {
    expect(compare(words, key)).toBe(Match.Forward);
    expect(compare(words, turned(key))).toBe(Match.Reverse);
  });

  it('differ by any one bit', () => {
    const undefinedWords = version === 4 ? [1, 2, 3, 5, 6, 7] : [];
    for (let bit = 0; bit < 32 * Size.KeyWords; bit++) {
      const word = bit >>> 5;
      const isVersion = word === (W.Protocol as number) && (bit & 31) >= 8 && (bit & 31) < 16;
      if (isVersion) continue;
      const other = key.slice();
      other[word] ^= 1 << (bit & 31);
      const expected = undefinedWords.includes(word);
      expect([bit, compare(words, other) !== Match.NoMatch]).toEqual([bit, expected]);
      expect([bit, compare(words, turned(other)) !== Match.NoMatch]).toEqual([bit, expected]);
    }
  });

  it('do not match when only the addresses, or only the ports, are exchanged', () => {
    const ports = key.slice();
    ports[W.Ports] = turned(key)[W.Ports];
    const addresses = turned(key);
    addresses[W.Ports] = key[W.Ports];
    expect(compare(words, ports)).toBe(Match.NoMatch);
    expect(compare(words, addresses)).toBe(Match.NoMatch);
  });

  it('of equal ends are forward', () => {
    const same = key.slice();
    same.set(key.subarray(0, 4), 4);
    same[W.Ports] = (80 << 16) | 80;
    const held = new Int32Array(32);
    copyKey(held, 0, same, 0, 0);
    expect(compare(held, same)).toBe(Match.Forward);
  });
});

it('IPv4 and IPv6 with the same first words are different keys', () => {
  const { key } = record(4);
  const { words } = record(6);
  expect(compare(words, key)).toBe(Match.NoMatch);
});

it('a record has zeros where an IPv4 key has rubbish', () => {
  const { words } = record(4);
  expect([1, 2, 3, 5, 6, 7].map((w) => words[w])).toEqual([0, 0, 0, 0, 0, 0]);
  expect(words[W.Hash]).toBe(99);
});
