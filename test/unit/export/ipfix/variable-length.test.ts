import { expect, it } from 'vitest';

import {
  MAX_VARIABLE_LENGTH,
  variableLengthOctets,
  writeVariableLength,
} from '../../../../src/export/ipfix/variable-length.js';

it.each([
  [0, '00'],
  [1, '01'],
  [254, 'fe'],
  [255, 'ff00ff'],
  [256, 'ff0100'],
  [MAX_VARIABLE_LENGTH, 'ffffff'],
])('a content of %i octets has the length octets %s', (length, expected) => {
  const octets = Buffer.alloc(5, 0xaa);
  const end = writeVariableLength(octets, 1, length);
  expect(octets.toString('hex', 1, end)).toBe(expected);
  expect(end - 1).toBe(variableLengthOctets(length));
  expect(octets[end]).toBe(0xaa);
});
