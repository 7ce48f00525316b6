import { describe, expect, it } from 'vitest';

import { Expectations } from '../../../src/dpi/expectations.js';

const MINUTE_US = 60e6;

const PAIR = 0x1234;
const PORT = 2_000;
const NOW_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;

describe('expectations', () => {
  it('are found by addresses, port and transport', () => {
    const table = new Expectations();
    expect(table.isEmpty).toBe(true);
    table.add(7, 20_000, 1, 3, 5, 0);
    expect(table.isEmpty).toBe(false);
    expect(table.at(7, 20_000, 1, MINUTE_US)).toBe(4 | (6 << 16));
    expect(table.at(8, 20_000, 1, MINUTE_US)).toBe(0);
    expect(table.at(7, 20_001, 1, MINUTE_US)).toBe(0);
    expect(table.at(7, 20_000, 0, MINUTE_US)).toBe(0);
  });

  it('are forgotten after two minutes', () => {
    const table = new Expectations();
    table.add(7, 20_000, 1, 3, 5, 0);
    expect(table.at(7, 20_000, 1, 2 * MINUTE_US)).not.toBe(0);
    expect(table.at(7, 20_000, 1, 2 * MINUTE_US + 1)).toBe(0);
  });

  it('displace older ones when there are too many, and count them', () => {
    const table = new Expectations();
    const many = 5_000;
    for (let n = 0; n < many; n++) table.add(n, 1_000 + n, 1, 1, 2, n);
    let found = 0;
    for (let n = 0; n < many; n++) if (table.at(n, 1_000 + n, 1, many) !== 0) found++;
    expect(found).toBeLessThanOrEqual(1_024);
    expect(found).toBeGreaterThan(900);
    expect(table.displaced).toBe(many - found);
    expect(table.at(many - 1, 1_000 + many - 1, 1, many)).not.toBe(0);
  });

  it.each([[HOUR_US], [-HOUR_US]])('keeps what is expected for as long when the clock is set by %i µs', (step) => {
    const expectations = new Expectations();
    expectations.add(PAIR, PORT, 1, 7, 3, NOW_US);
    expectations.retime(step);
    const found = expectations.at(PAIR, PORT, 1, NOW_US + step + 60_000_000);
    expect([(found & 0xffff) - 1, (found >>> 16) - 1]).toEqual([7, 3]);
    expect(expectations.at(PAIR, PORT, 1, NOW_US + step + 121_000_000)).toBe(0);
  });
});
