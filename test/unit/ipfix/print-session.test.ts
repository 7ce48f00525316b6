import { describe, expect, it } from 'vitest';

import { InformationModel } from '../../../src/ipfix/information-model.js';
import { printSettingsFault, type PrintSettings } from '../../../src/ipfix/print/print-session.js';
import {
  field,
  flowRecord,
  ip4,
  message,
  set,
  templateRecord,
  TEST_FLOW,
  u16,
  u32,
  u64,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';
import { DEFAULTS, templates, print, printFlows } from './print-records.js';

describe('sorting and limits', () => {
  const octets = (...counts: number[]): Buffer[] => counts.map((count) => flowRecord({ octets: count }));
  const bytes = (settings: Partial<PrintSettings>, ...records: Buffer[]): string[] =>
    printFlows({ format: 'csv', fields: ['bytes'], ...settings }, ...records).lines.slice(1);

  it('by a number, up and down', () => {
    expect(bytes({ sort: 'bytes' }, ...octets(30, 4, 200, 4))).toEqual(['4', '4', '30', '200']);
    expect(bytes({ sort: '-octetTotalCount' }, ...octets(30, 4, 200, 4))).toEqual(['200', '30', '4', '4']);
  });

  it('with a limit keeps the first of the order', () => {
    expect(bytes({ sort: '-bytes', limit: 2 }, ...octets(30, 4, 200, 50))).toEqual(['200', '50']);
    expect(bytes({ sort: '-bytes', limit: 0 }, ...octets(30, 4))).toEqual([]);
    expect(bytes({ limit: 2 }, ...octets(30, 4, 200, 50))).toEqual(['30', '4']);
  });

  it('keeps the order of the input where keys are equal', () => {
    const records = Array.from({ length: 50 }, (_, index) => flowRecord({ octets: index % 3, packets: index }));
    const packets = (limit: number | null): string[] =>
      printFlows({ format: 'csv', fields: ['packets'], sort: 'bytes', limit }, ...records).lines.slice(1);
    const expected = [0, 1, 2].flatMap((rest) => Array.from({ length: 50 }, (_, i) => i).filter((i) => i % 3 === rest));
    expect(packets(null)).toEqual(expected.map(String));
    expect(packets(20)).toEqual(expected.slice(0, 20).map(String));
  });

  it('by address sorts by value', () => {
    const records = ['10.0.0.9', '9.255.0.1', '192.0.2.1', '10.0.0.10'].map((text) =>
      flowRecord({ source: ip4(text) }),
    );
    const sources = printFlows({ format: 'csv', fields: ['sIP'], sort: 'sIP' }, ...records).lines.slice(1);
    expect(sources).toEqual(['9.255.0.1', '10.0.0.9', '10.0.0.10', '192.0.2.1']);
  });

  it('by time, and records without the field first', () => {
    const later = flowRecord({ start: TEST_FLOW.start + 1, packets: 2 });
    const timeless = message([
      set(2, templateRecord(300, [field(8, 4), field(12, 4), field(86, 8)])),
      set(300, u32(1), u32(2), u64(3)),
    ]);
    const settings = { format: 'csv', fields: ['packets'], sort: 'sTime' } as const;
    const octetsOfAll = [message([templates, set(256, later, flowRecord({ packets: 1 }))]), timeless];
    expect(print(settings, ...octetsOfAll).lines.slice(1)).toEqual(['3', '1', '2']);
  });

  it('keeps lists readable', () => {
    const fields = [field(8, 4), field(12, 4), field(292, VARIABLE)];
    const list = variable(Buffer.concat([u8(3), u16(301), u32(7)]));
    const text = print(
      { format: 'json', sort: 'sIP' },
      message([
        set(2, templateRecord(300, fields), templateRecord(301, [field(8, 4)])),
        set(300, u32(2), u32(0), list, u32(1), u32(0), list),
      ]),
    ).lines;
    expect(text.map((line) => (JSON.parse(line) as Record<string, unknown>)['sourceIPv4Address'])).toEqual([
      '0.0.0.1',
      '0.0.0.2',
    ]);
    expect(text[0]).toContain('"records":[{"sourceIPv4Address":"0.0.0.7"}]');
  });
});

describe('printSettingsFault', () => {
  const fault = (settings: Partial<PrintSettings>): string | null =>
    printSettingsFault({ ...DEFAULTS, ...settings }, new InformationModel());

  it('accepts what can be done', () => {
    expect(fault({})).toBeNull();
    expect(
      fault({ fields: ['sIP', 'octetdeltacount', '9/12232'], sort: '-bytes', limit: 3, options: true }),
    ).toBeNull();
  });

  it.each([
    [{ fields: ['sourceIPv4Adress'] }, "--fields: no field 'sourceIPv4Adress'; did you mean sourceIPv4Address"],
    [{ fields: ['bites'] }, "--fields: no field 'bites'; did you mean bytes"],
    [{ fields: ['qqqqqqqqqqqqqqqq'] }, 'expected an element name, a short name or pen/id'],
    [{ fields: [] }, '--fields: expected names separated by commas'],
    [{ sort: '-' }, "--sort: no field ''"],
    [{ format: 'silk', fields: ['sIP'] }, 'leave out --fields'],
    [{ format: 'csv', options: true }, 'use --format table or json'],
  ] as const)('explains %o', (settings, text) => {
    expect(fault(settings)).toContain(text);
  });
});
