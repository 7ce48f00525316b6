import { expect, it } from 'vitest';

import { Expectations } from '../../../src/dpi/expectations.js';

const PAIR = 0x1234;
const PORT = 2_000;
const NOW_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;

it.each([[HOUR_US], [-HOUR_US]])('keeps what is expected for as long when the clock is set by %i µs', (step) => {
  const expectations = new Expectations();
  expectations.add(PAIR, PORT, 1, 7, 3, NOW_US);
  expectations.retime(step);
  const found = expectations.at(PAIR, PORT, 1, NOW_US + step + 60_000_000);
  expect([(found & 0xffff) - 1, (found >>> 16) - 1]).toEqual([7, 3]);
  expect(expectations.at(PAIR, PORT, 1, NOW_US + step + 121_000_000)).toBe(0);
});
