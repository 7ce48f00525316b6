import { describe, expect, it } from 'vitest';

import { hasConversions, requireConversions, strftime } from '../../../../src/export/file/strftime.js';

const MOMENT = Date.UTC(2026, 0, 5, 8, 2, 9, 987);

describe('strftime', () => {
  it.each([
    ['flows/%Y/%m/%d/weir-%H%M%S.ipfix', 'flows/2026/01/05/weir-080209.ipfix'],
    ['%F %y %j %s', '2026-01-05 26 005 1767600129'],
    ['100%%-%i', '100%-00042'],
    ['plain', 'plain'],
  ])('%s', (pattern, expected) => {
    expect(strftime(pattern, MOMENT, 42)).toBe(expected);
  });

  it('counts the days of leap years', () => {
    expect(strftime('%j', Date.UTC(2024, 11, 31), 0)).toBe('366');
  });

  it('knows which names change', () => {
    expect(['%Y', '%%Y', '%i', 'a', '%%%S'].map(hasConversions)).toEqual([true, false, true, false, true]);
  });

  it.each([
    ['%Q', "no conversion '%Q'"],
    ['a%', "no conversion '%'"],
    ['%%%', "no conversion '%'"],
    ['%constructor', "no conversion '%c'"],
  ])('%s is wrong', (pattern, message) => {
    expect(() => requireConversions(pattern)).toThrow(message);
    expect(() => requireConversions(pattern)).toThrow('expected %Y %y %m %d %H %M %S %j %s %F %i %%');
  });
});
