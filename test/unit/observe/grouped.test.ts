import { expect, it } from 'vitest';

import { grouped } from '../../../src/observe/grouped.js';

it.each([0, 7, 123, 1_234, 12_345, 123_456, 1_234_567, 2 ** 53, -1_234])('groups %d as English does', (number) => {
  expect(grouped(number)).toBe(number.toLocaleString('en-US'));
});
