import { describe, expect, it } from 'vitest';

import { ANSWER_OCTETS, AnswerTable } from '../../../../src/dpi/rules/answer-table.js';

const NOW_US = 1.7e15;
const V4 = Uint8Array.of(192, 0, 2, 1);
const KEY4 = Int32Array.of((192 << 24) | (2 << 8) | 1, 0x55555555, 0x55555555, 0x55555555);
const V6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
const KEY6 = Int32Array.of(0x20010db8, 0, 0, 9);

describe('the table of answers', () => {
  it('keeps what an address was asked for by, for both versions', () => {
    const table = new AnswerTable();
    table.put(V4, 0, 4, 17, 1, NOW_US, 300);
    table.put(V6, 0, 16, 0, 1, NOW_US, 300);
    expect(table.at(KEY4, 0, false, 1, NOW_US)).toBe(17);
    expect(table.at(KEY6, 0, true, 1, NOW_US)).toBe(0);
    expect(table.at(KEY6, 0, false, 1, NOW_US)).toBe(-1);
    table.put(V4, 0, 4, 18, 1, NOW_US, 300);
    expect(table.at(KEY4, 0, false, 1, NOW_US)).toBe(18);
  });

  it('forgets it with the time that the answer says, within bounds, and with other rules', () => {
    const table = new AnswerTable();
    const at = (seconds: number, generation = 1): number =>
      table.at(KEY4, 0, false, generation, NOW_US + seconds * 1e6);
    table.put(V4, 0, 4, 5, 1, NOW_US, 300);
    expect([at(300), at(301), at(0, 2)]).toEqual([5, -1, -1]);
    table.put(V4, 0, 4, 5, 1, NOW_US, 0);
    expect([at(60), at(61)]).toEqual([5, -1]);
    table.put(V4, 0, 4, 5, 1, NOW_US, 0x7fff_ffff);
    expect([at(86_400), at(86_401)]).toEqual([5, -1]);
    table.clear();
    expect(at(0)).toBe(-1);
  });

  it('is shared by workers, and does not believe an entry that is half written', () => {
    const memory = new SharedArrayBuffer(ANSWER_OCTETS);
    const [one, other] = [new AnswerTable(memory), new AnswerTable(memory)];
    one.put(V4, 0, 4, 5, 1, NOW_US, 300);
    expect(other.at(KEY4, 0, false, 1, NOW_US)).toBe(5);
    const words = new Int32Array(memory);
    const place = words.indexOf(KEY4[0]);
    words[place + 5] = 9;
    expect(other.at(KEY4, 0, false, 1, NOW_US)).toBe(-1);
  });

  it('has a fixed size: the oldest of four goes', () => {
    const table = new AnswerTable();
    const key = new Int32Array(4);
    const octets = new Uint8Array(4);
    const view = new DataView(octets.buffer);
    const count = 40_000;
    for (let n = 0; n < count; n++) {
      view.setInt32(0, n + 1);
      table.put(octets, 0, 4, 3, 1, NOW_US + n * 1_000, 3_600);
    }
    let found = 0;
    for (let n = 0; n < count; n++) {
      key[0] = n + 1;
      if (table.at(key, 0, false, 1, NOW_US + count * 1_000) === 3) found++;
    }
    expect(found).toBeGreaterThan(8_000);
    expect(found + table.displaced).toBe(count);
  });
});
