import { describe, expect, it } from 'vitest';

import { InterfaceTable } from '../../../src/capture/interface-table.js';

const entry = (input: string, id: number, linkType = 1, name = 'eth0') => ({ name, linkType, input, id });

describe('the interface table', () => {
  it('has one row for an interface however often it comes', () => {
    const table = new InterfaceTable();
    expect(table.add(entry('a', 0))).toBe(0);
    expect(table.add(entry('a', 1))).toBe(1);
    expect(table.add(entry('b', 0))).toBe(2);
    expect(table.add(entry('a', 1))).toBe(1);
    expect(table.rows).toEqual([entry('a', 0), entry('a', 1), entry('b', 0)]);
    expect(table.shared).toBe(0);
  });

  it('has another row when the same number means another interface in a later section', () => {
    const table = new InterfaceTable();
    expect(table.add(entry('a', 0))).toBe(0);
    expect(table.add(entry('a', 0, 101))).toBe(1);
    expect(table.add(entry('a', 0, 1, 'eth1'))).toBe(2);
    expect(table.add(entry('a', 0))).toBe(0);
  });

  it('is bounded: what finds no room shares the last row and is counted', () => {
    const table = new InterfaceTable();
    const rows = Array.from({ length: 70_000 }, (_, id) => table.add(entry('a', id)));
    expect(table.rows).toHaveLength(65_535);
    expect(rows[65_534]).toBe(65_534);
    expect(new Set(rows.slice(65_535))).toEqual(new Set([65_534]));
    expect(table.shared).toBe(70_000 - 65_535);
    expect(table.add(entry('a', 7))).toBe(7);
  });
});
