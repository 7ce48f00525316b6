import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { InformationModel } from '../../../src/ipfix/information-model.js';
import { MessageReader } from '../../../src/ipfix/message-reader.js';
import { columnOf } from '../../../src/ipfix/print/columns.js';
import { compareKeys, parseSortField, RecordSorter } from '../../../src/ipfix/print/record-sorter.js';
import { field, message, set, templateRecord, u16, u32 } from './message-builder.js';

/** Sorts records of a port and a number by the port; returns the numbers in order. */
function sortPorts(
  ports: readonly number[],
  { isDescending = false, limit = null as number | null, maxOctets = 1_000_000 } = {},
): { numbers: number[]; isFull: boolean } {
  const column = columnOf('sourceTransportPort', new InformationModel())!;
  const sorter = new RecordSorter(column, isDescending, limit, false, maxOctets);
  const reader = new MessageReader({ record: (record) => void sorter.add(record), problem: () => undefined });
  reader.push(message([set(2, templateRecord(256, [field(7, 2), field(54, 4)]))]));
  ports.forEach((port, number) => reader.push(message([set(256, u16(port), u32(number))])));
  const numbers = [...sorter.sorted()].map(({ octets }) => octets.readUInt32BE(2));
  return { numbers, isFull: sorter.isFull };
}

describe('RecordSorter', () => {
  it('sorts as a stable sort does, with any limit', () => {
    const ports = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(ports, fc.boolean(), fc.option(fc.nat(70)), (list, isDescending, limit) => {
        const sign = isDescending ? -1 : 1;
        const expected = list
          .map((port, number) => ({ port, number }))
          .sort((left, right) => sign * (left.port - right.port))
          .map(({ number }) => number);
        const { numbers, isFull } = sortPorts(list, { isDescending, limit });
        expect(numbers).toEqual(expected.slice(0, limit ?? list.length));
        expect(isFull).toBe(false);
      }),
    );
  });

  it('stops to take records when its memory is used up, and says so', () => {
    const { numbers, isFull } = sortPorts([5, 4, 3, 2, 1], { maxOctets: 3 * 406 });
    expect(numbers).toEqual([2, 1, 0]);
    expect(isFull).toBe(true);
    expect(sortPorts([5, 4, 3, 2, 1], { maxOctets: 3 * 406, limit: 3 })).toEqual({ numbers: [4, 3, 2], isFull: false });
  });

  it('orders what is absent before numbers before texts', () => {
    expect(['b', 2, '', 'a', 1, ''].sort(compareKeys)).toEqual(['', '', 1, 2, 'a', 'b']);
  });

  it('takes a field with a minus sign for descending order', () => {
    expect(parseSortField('bytes')).toEqual({ name: 'bytes', isDescending: false });
    expect(parseSortField('-bytes')).toEqual({ name: 'bytes', isDescending: true });
  });
});
