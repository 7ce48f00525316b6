import { describe, expect, it } from 'vitest';

import { MAX_EMPTY_FIELDS, MAX_TEMPLATE_FIELDS } from '../../../src/ipfix/domain-templates.js';
import { MAX_OBSERVATION_DOMAINS } from '../../../src/ipfix/message-reader.js';
import {
  field,
  flowRecord,
  FLOW_FIELDS,
  message,
  optionsTemplateRecord,
  set,
  templateRecord,
  u16,
  u32,
  u64,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';
import { problemTexts, readMessages } from './read-messages.js';

const portTemplate = set(2, templateRecord(256, [field(7, 2)]));
const ports = (...values: number[]): Buffer => set(256, ...values.map(u16));
const portsOf = (result: { records: Record<string, unknown>[] }): unknown[] =>
  result.records.map((record) => record['sourceTransportPort']);

describe('messages', () => {
  it('are read one after the other', () => {
    const result = readMessages(
      Buffer.concat([message([portTemplate, ports(1, 2)]), message([ports(3)], { sequence: 2 })]),
    );
    expect(portsOf(result)).toEqual([1, 2, 3]);
    expect(result.problems).toEqual([]);
    expect(result.counters).toMatchObject({ messages: 2, templates: 1, dataRecords: 3, sequenceGaps: 0 });
  });

  it('may be without Sets', () => {
    expect(readMessages(Buffer.concat([message([]), message([portTemplate, ports(9)])])).problems).toEqual([]);
  });

  it('give the same records in any chunks', () => {
    const octets = Buffer.concat([
      message([set(2, templateRecord(300, FLOW_FIELDS))]),
      message([set(300, flowRecord(), flowRecord({ packets: 3 }))]),
      message([set(300, flowRecord({ octets: 77 }))], { sequence: 2 }),
    ]);
    const whole = readMessages(octets);
    expect(whole.records).toHaveLength(3);
    for (const chunkOctets of [1, 2, 3, 7, 16, 17, 100, 1000]) expect(readMessages(octets, chunkOctets)).toEqual(whole);
  });

  it('may be as long as their length can say', () => {
    const content = Buffer.alloc(65_535 - 16 - 4 - 3, 0x61);
    const template = message([set(2, templateRecord(256, [field(82, VARIABLE)]))]);
    const longest = message([set(256, variable(content))]);
    expect(longest).toHaveLength(65_535);
    const result = readMessages(Buffer.concat([template, longest, longest, longest, longest, longest]), 50_000);
    expect(result.records).toHaveLength(5);
    expect(result.records[4]['interfaceName']).toHaveLength(content.length);
    expect(result.problems).toEqual([]);
  });
});

describe('variable-length fields', () => {
  const template = set(2, templateRecord(256, [field(82, VARIABLE), field(7, 2)]));

  it.each([0, 1, 253, 254, 255, 256, 65_535 - 16 - 4 - 5])('of %i octets', (length) => {
    const text = 'x'.repeat(length);
    const octets = Buffer.concat([message([template]), message([set(256, variable(text), u16(7))])]);
    const result = readMessages(octets);
    expect(result.records).toEqual([{ interfaceName: text, sourceTransportPort: 7 }]);
    expect(result.problems).toEqual([]);
  });

  it.each([0, 1, 254])('of %i octets with a length of three octets', (length) => {
    const text = 'y'.repeat(length);
    const result = readMessages(message([template, set(256, variable(text, true), u16(7))]));
    expect(result.records).toEqual([{ interfaceName: text, sourceTransportPort: 7 }]);
  });

  it.each([
    ['one length octet', Buffer.concat([u8(200), Buffer.from('short')])],
    ['three length octets', Buffer.concat([u8(255), u16(60_000), Buffer.from('short')])],
    ['a cut length', Buffer.concat([u8(255), u8(1), u8(2)])],
  ])('that run past their Set are a problem: %s', (_name, content) => {
    const result = readMessages(message([template, set(256, content, u16(7))]));
    expect(result.records).toEqual([]);
    expect(problemTexts(result)).toEqual(['a record of Template 256 runs past the end of its Set']);
  });
});

describe('Sets', () => {
  it.each([1, 2, 3])('may end in %i octets of padding', (padding) => {
    const template = set(2, templateRecord(256, [field(8, 4)]), Buffer.alloc(padding));
    const result = readMessages(message([template, set(256, u32(1), Buffer.alloc(padding))]));
    expect(result.records).toEqual([{ sourceIPv4Address: '0.0.0.1' }]);
    expect(result.problems).toEqual([]);
  });

  it('of Templates may end in a whole word of padding', () => {
    const result = readMessages(message([set(2, templateRecord(256, [field(7, 2)]), u32(0)), ports(5)]));
    expect(portsOf(result)).toEqual([5]);
    expect(result.problems).toEqual([]);
  });

  it('with a reserved id are skipped and counted', () => {
    const result = readMessages(message([set(0, u32(1)), set(4, u32(1)), set(255, u32(1)), portTemplate, ports(5)]));
    expect(portsOf(result)).toEqual([5]);
    expect(result.counters.reservedSets).toBe(3);
    expect(result.problems).toEqual([]);
  });

  it('without a Template are skipped and counted', () => {
    const result = readMessages(message([set(999, u32(1), u32(2)), portTemplate, ports(5)]));
    expect(portsOf(result)).toEqual([5]);
    expect(result.counters).toMatchObject({ setsWithoutTemplate: 1, octetsWithoutTemplate: 8 });
    expect(result.problems).toEqual([]);
  });

  it('that claim more or less than there is leave the rest of the message out', () => {
    const next = message([ports(7)], { sequence: 1 });
    for (const claimed of [0, 3, 200, 65_535]) {
      const damaged = message([portTemplate, ports(1), Buffer.concat([u16(256), u16(claimed), u16(2)])]);
      const result = readMessages(Buffer.concat([damaged, next]));
      expect(portsOf(result)).toEqual([1, 7]);
      expect(problemTexts(result)).toEqual([`Set 256 claims ${claimed} octets, expected 4 to 6`]);
      expect(result.problems[0].offset).toBe(damaged.length - 6);
      expect(result.counters.skippedOctets).toBe(6);
    }
  });

  it('leave a tail that is no Set', () => {
    const result = readMessages(Buffer.concat([message([portTemplate, ports(1), u16(0)]), message([ports(2)])]));
    expect(portsOf(result)).toEqual([1, 2]);
    expect(problemTexts(result)).toEqual(['2 octets left over behind the last Set of the message']);
  });
});

describe('Templates', () => {
  it('belong to their Observation Domain', () => {
    const result = readMessages(
      Buffer.concat([
        message([portTemplate, ports(1)], { domain: 1 }),
        message([set(2, templateRecord(256, [field(4, 1)])), set(256, u8(6))], { domain: 2 }),
        message([ports(2)], { domain: 1, sequence: 1 }),
        message([ports(3)], { domain: 3 }),
      ]),
    );
    expect(result.records).toEqual([{ sourceTransportPort: 1 }, { protocolIdentifier: 6 }, { sourceTransportPort: 2 }]);
    expect(result.counters.setsWithoutTemplate).toBe(1);
  });

  it('may be replaced', () => {
    const result = readMessages(
      message([portTemplate, ports(1), set(2, templateRecord(256, [field(11, 2)])), set(256, u16(2))]),
    );
    expect(result.records).toEqual([{ sourceTransportPort: 1 }, { destinationTransportPort: 2 }]);
  });

  it('may be withdrawn one by one', () => {
    const result = readMessages(message([portTemplate, ports(1), set(2, u16(256), u16(0)), ports(2)]));
    expect(portsOf(result)).toEqual([1]);
    expect(result.counters).toMatchObject({ withdrawals: 1, setsWithoutTemplate: 1 });
    expect(result.problems).toEqual([]);
  });

  it('may be withdrawn all at once, of one kind', () => {
    const options = set(3, optionsTemplateRecord(257, 1, [field(149, 4)]));
    const withdrawTemplates = set(2, u16(2), u16(0));
    const withdrawOptions = set(3, u16(3), u16(0));
    const records = [ports(1), set(257, u32(9))];
    const result = readMessages(
      message([portTemplate, options, ...records, withdrawTemplates, ...records, withdrawOptions, ...records]),
    );
    expect(result.records).toEqual([
      { sourceTransportPort: 1 },
      { observationDomainId: 9 },
      { observationDomainId: 9 },
    ]);
    expect(result.counters).toMatchObject({ withdrawals: 2, setsWithoutTemplate: 3 });
  });

  it.each([
    ['an id of a Set', set(2, u16(255), u16(1), u16(7), u16(2)), 'Template id 255 is below 256'],
    ['a wrong withdrawal', set(2, u16(3), u16(0)), 'withdrawal of Template 3 in a Set of id 2'],
    [
      'fewer fields than announced',
      set(2, u16(300), u16(9), u16(7), u16(2)),
      'Template 300 of 9 fields is cut: its Set has 8 octets left',
    ],
    [
      'a cut enterprise number',
      set(2, u16(300), u16(1), u16(0x8007), u16(2), u16(0)),
      'Template 300 of 1 fields is cut: its Set has 10 octets left',
    ],
    ['no scope', set(3, optionsTemplateRecord(300, 0, [field(7, 2)])), 'Options Template 300 has 0 scope fields of 1'],
    [
      'more scope than fields',
      set(3, optionsTemplateRecord(300, 2, [field(7, 2)])),
      'Options Template 300 has 2 scope fields of 1',
    ],
    ['a cut header', set(3, u16(300), u16(1)), 'Options Template 300 is cut: 4 octets left'],
  ])('with %s are a problem, and reading goes on', (_name, damaged, text) => {
    const result = readMessages(message([damaged, portTemplate, ports(1)]));
    expect(problemTexts(result)).toEqual([text]);
    expect(result.problems[0].offset).toBe(20);
    expect(portsOf(result)).toEqual([1]);
  });

  it('without octets cannot be read', () => {
    const result = readMessages(message([set(2, templateRecord(256, [field(82, 0)])), set(256, u32(0)), portTemplate]));
    expect(problemTexts(result)).toEqual(['the records of Template 256 have no octets']);
  });

  it('with many fields without length are refused', () => {
    const empty = Array.from({ length: MAX_EMPTY_FIELDS + 1 }, () => field(82, 0));
    const result = readMessages(message([set(2, templateRecord(256, [...empty, field(7, 2)])), set(256, u16(1))]));
    expect(problemTexts(result)).toEqual([
      `Template 256 is refused: ${MAX_EMPTY_FIELDS + 1} of its fields have no length, more than ${MAX_EMPTY_FIELDS}`,
    ]);
    expect(result.counters).toMatchObject({ refusedTemplates: 1, dataRecords: 0 });
    expect(
      readMessages(message([set(2, templateRecord(256, [...empty.slice(1), field(7, 2)])), ports(1)])).records,
    ).toHaveLength(1);
  });

  it('are bounded in number of fields over all domains', () => {
    const widest = templateRecord(
      256,
      Array.from({ length: 16_000 }, () => field(4, 1)),
    );
    const count = Math.ceil(MAX_TEMPLATE_FIELDS / 16_000);
    const messages = Array.from({ length: count + 2 }, (_, domain) => message([set(2, widest)], { domain }));
    const result = readMessages(Buffer.concat(messages));
    expect(result.counters.refusedTemplates).toBe(3);
    expect(problemTexts(result)[0]).toBe(
      `Template 256 is refused: the Templates of this input already have ${MAX_TEMPLATE_FIELDS} fields`,
    );
  });
});

describe('Observation Domains', () => {
  it('are bounded', () => {
    const messages = Array.from({ length: MAX_OBSERVATION_DOMAINS + 5 }, (_, domain) => message([], { domain }));
    const result = readMessages(Buffer.concat([...messages, message([portTemplate, ports(1)], { domain: 0 })]));
    expect(result.counters.messagesOfIgnoredDomains).toBe(5);
    expect(portsOf(result)).toEqual([1]);
  });
});

describe('options records', () => {
  it('are read and counted apart', () => {
    const template = set(3, optionsTemplateRecord(257, 1, [field(149, 4), field(42, 8)]));
    const result = readMessages(message([template, set(257, u32(5), u64(12))]));
    expect(result.records).toEqual([{ observationDomainId: 5, exportedFlowRecordTotalCount: 12 }]);
    expect(result.counters).toMatchObject({ optionsRecords: 1, dataRecords: 0 });
  });

  it('tell types and names of elements (RFC 5610), also for Templates that came before', () => {
    const fields = [field(9, 4, 4242), field(10, VARIABLE, 4242), field(11, 4, 4242)];
    const template = set(2, templateRecord(256, fields));
    const record = set(256, u32(0xc000_0201), variable('abc'), u32(7));
    const types = set(
      3,
      optionsTemplateRecord(300, 2, [field(346, 4), field(303, 2), field(339, 1), field(344, 1), field(341, VARIABLE)]),
    );
    const described = set(
      300,
      Buffer.concat([u32(4242), u16(9), u8(18), u8(0), variable('vendorAddress')]),
      Buffer.concat([u32(4242), u16(10), u8(13), u8(0), variable('vendorName')]),
      Buffer.concat([u32(4242), u16(11), u8(99), u8(0), variable('vendorUnknownType')]),
    );
    const result = readMessages(message([template, record, types, described, record]));
    expect(result.problems).toEqual([]);
    expect(result.records[0]).toEqual({ '4242/9': 'c0000201', '4242/10': '616263', '4242/11': '00000007' });
    expect(result.records.at(-1)).toEqual({ vendorAddress: '192.0.2.1', vendorName: 'abc', '4242/11': '00000007' });
  });
});

describe('sequence numbers', () => {
  const sequences = (...list: readonly [sequence: number, count: number][]): Buffer =>
    Buffer.concat([
      message([portTemplate]),
      ...list.map(([sequence, count]) => message([ports(...Array.from({ length: count }, () => 1))], { sequence })),
    ]);

  it('that leave records out are counted', () => {
    const { counters } = readMessages(sequences([0, 2], [2, 3], [10, 1], [11, 1]));
    expect(counters).toMatchObject({ sequenceGaps: 1, missingRecords: 5, sequenceResets: 0 });
  });

  it('that go back are a reset', () => {
    const { counters } = readMessages(sequences([0, 2], [0, 2], [2, 1]));
    expect(counters).toMatchObject({ sequenceGaps: 0, missingRecords: 0, sequenceResets: 1 });
  });

  it('wrap', () => {
    const octets = Buffer.concat([
      message([portTemplate], { sequence: 0xffff_ffff }),
      message([ports(1, 2)], { sequence: 0xffff_ffff }),
      message([ports(3)], { sequence: 1 }),
    ]);
    expect(readMessages(octets).counters).toMatchObject({ sequenceGaps: 0, sequenceResets: 0, dataRecords: 3 });
  });

  it('say nothing behind records that could not be read', () => {
    const octets = Buffer.concat([message([set(999, u32(1))]), message([portTemplate, ports(1)], { sequence: 50 })]);
    expect(readMessages(octets).counters).toMatchObject({ sequenceGaps: 0, sequenceResets: 0 });
  });
});
