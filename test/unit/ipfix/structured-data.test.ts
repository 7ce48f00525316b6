import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_LIST_DEPTH } from '../../../src/ipfix/structured-data.js';
import {
  field,
  ip4,
  message,
  set,
  specifier,
  templateRecord,
  u16,
  u32,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';
import { readMessages } from './read-messages.js';

const ALL_OF = 3;

/** Templates: one field for each kind of list, and two records to put into them. */
const templates = set(
  2,
  templateRecord(256, [field(291, VARIABLE)]),
  templateRecord(257, [field(292, VARIABLE)]),
  templateRecord(258, [field(293, VARIABLE)]),
  templateRecord(300, [field(179, VARIABLE, 6871), field(199, 4, 6871)]),
  templateRecord(301, [field(8, 4)]),
);

function show(templateId: number, list: Buffer): unknown {
  const result = readMessages(message([templates, set(templateId, variable(list, true))]));
  expect(result.problems).toEqual([]);
  return Object.values(result.records[0])[0];
}

const basicList = (content: Buffer): unknown => show(256, content);
const subTemplateList = (content: Buffer): unknown => show(257, content);
const multiList = (content: Buffer): unknown => show(258, content);

describe('basicList', () => {
  it('of a fixed length', () => {
    const content = Buffer.concat([u8(ALL_OF), specifier(field(7, 2)), u16(80), u16(443)]);
    expect(basicList(content)).toEqual({ semantic: 'allOf', element: 'sourceTransportPort', values: [80, 443] });
  });

  it('of a variable length and an enterprise element', () => {
    const content = Buffer.concat([
      u8(255),
      specifier(field(111, VARIABLE, 6871)),
      variable('curl/8'),
      variable(''),
      variable('x'.repeat(300)),
    ]);
    expect(basicList(content)).toEqual({
      semantic: 'undefined',
      element: 'httpUserAgent',
      values: ['curl/8', '', 'x'.repeat(300)],
    });
  });

  it('may be empty, of an unknown element or semantic', () => {
    expect(basicList(Buffer.concat([u8(9), specifier(field(5, 2, 77))]))).toEqual({
      semantic: '9',
      element: '77/5',
      values: [],
    });
  });

  it.each([
    ['too short', Buffer.concat([u8(ALL_OF), u16(7)])],
    ['with a cut enterprise number', Buffer.concat([u8(ALL_OF), u16(0x8007), u16(2), u16(0)])],
    ['with a cut value', Buffer.concat([u8(ALL_OF), specifier(field(7, 2)), u8(1)])],
    ['of values without octets', Buffer.concat([u8(ALL_OF), specifier(field(7, 0)), u8(1)])],
    ['with a cut length', Buffer.concat([u8(ALL_OF), specifier(field(82, VARIABLE)), u8(255), u8(1)])],
    ['with a length past its end', Buffer.concat([u8(ALL_OF), specifier(field(82, VARIABLE)), u8(9), u8(1)])],
  ])('is shown as octets when it is %s', (_name, content) => {
    expect(basicList(content)).toBe(content.toString('hex'));
  });
});

describe('subTemplateList', () => {
  const records = Buffer.concat([variable('www.example.'), u32(300), variable('b.example.'), u32(5)]);

  it('shows its records', () => {
    expect(subTemplateList(Buffer.concat([u8(ALL_OF), u16(300), records]))).toEqual({
      semantic: 'allOf',
      templateId: 300,
      records: [
        { dnsQName: 'www.example.', dnsTTL: 300 },
        { dnsQName: 'b.example.', dnsTTL: 5 },
      ],
    });
  });

  it('may be empty', () => {
    expect(subTemplateList(Buffer.concat([u8(0), u16(300)]))).toEqual({
      semantic: 'noneOf',
      templateId: 300,
      records: [],
    });
    expect(subTemplateList(Buffer.alloc(0))).toBeNull();
  });

  it('shows octets when its Template is not known', () => {
    expect(subTemplateList(Buffer.concat([u8(4), u16(999), u32(0xdeadbeef)]))).toEqual({
      semantic: 'ordered',
      templateId: 999,
      octets: 'deadbeef',
    });
  });

  it.each([
    ['too short', Buffer.concat([u8(ALL_OF), u8(1)])],
    ['cut in a record', Buffer.concat([u8(ALL_OF), u16(300), variable('www.example.'), u16(0)])],
  ])('is shown as octets when it is %s', (_name, content) => {
    expect(subTemplateList(content)).toBe(content.toString('hex'));
  });
});

describe('subTemplateMultiList', () => {
  const entry = (id: number, content: Buffer): Buffer => Buffer.concat([u16(id), u16(content.length + 4), content]);

  it('shows each of its lists', () => {
    const content = Buffer.concat([
      u8(ALL_OF),
      entry(301, Buffer.concat([ip4('10.0.0.1'), ip4('10.0.0.2')])),
      entry(300, Buffer.concat([variable('a.'), u32(1)])),
      entry(301, Buffer.alloc(0)),
      entry(999, u8(7)),
    ]);
    expect(multiList(content)).toEqual({
      semantic: 'allOf',
      lists: [
        { templateId: 301, records: [{ sourceIPv4Address: '10.0.0.1' }, { sourceIPv4Address: '10.0.0.2' }] },
        { templateId: 300, records: [{ dnsQName: 'a.', dnsTTL: 1 }] },
        { templateId: 301, records: [] },
        { templateId: 999, octets: '07' },
      ],
    });
  });

  it.each([
    ['cut in a header', Buffer.concat([u8(ALL_OF), u16(301)])],
    ['of a list shorter than its header', Buffer.concat([u8(ALL_OF), u16(301), u16(3), u16(0)])],
    ['of a list past its end', Buffer.concat([u8(ALL_OF), u16(301), u16(9), u16(0)])],
  ])('is shown as octets when it is %s', (_name, content) => {
    expect(multiList(content)).toBe(content.toString('hex'));
  });
});

describe('nesting', () => {
  /** A subTemplateList of Template 257 inside a subTemplateList, `depth` times, around an empty one. */
  function nested(depth: number): Buffer {
    let content = Buffer.concat([u8(ALL_OF), u16(301)]);
    for (let level = 1; level < depth; level++) content = Buffer.concat([u8(ALL_OF), u16(257), variable(content)]);
    return content;
  }

  it('is shown down to its bound, and as octets below', () => {
    let list = subTemplateList(nested(MAX_LIST_DEPTH)) as { records: { subTemplateList: unknown }[] };
    for (let level = 1; level < MAX_LIST_DEPTH; level++) list = list.records[0].subTemplateList as typeof list;
    expect(list).toEqual({ semantic: 'allOf', templateId: 301, records: [] });

    let deep: unknown = subTemplateList(nested(MAX_LIST_DEPTH + 1));
    for (let level = 1; level <= MAX_LIST_DEPTH; level++)
      deep = (deep as { records: { subTemplateList: unknown }[] }).records[0].subTemplateList;
    expect(deep).toBe(nested(1).toString('hex'));
  });

  it('of any octets is read', () => {
    fc.assert(
      fc.property(fc.constantFrom(256, 257, 258), fc.uint8Array({ maxLength: 60 }), (templateId, octets) => {
        // Templates of the test turn up often enough for lists inside lists.
        const content = Buffer.from(octets.map((octet, at) => (at === 1 ? 1 : octet)));
        expect(show(templateId, content)).not.toBeUndefined();
      }),
    );
  });
});

describe('an element that stands in a Template several times', () => {
  it('is an array', () => {
    const fields = [field(70, 3), field(7, 2), field(7, 2), field(210, 3), field(210, 1)];
    const record = Buffer.concat([Buffer.from('000011', 'hex'), u16(1), u16(2), Buffer.alloc(4)]);
    expect(readMessages(message([set(2, templateRecord(400, fields)), set(400, record)])).records).toEqual([
      { mplsTopLabelStackSection: '000011', sourceTransportPort: [1, 2] },
    ]);
  });

  it('is told from one of the same name in another registry', () => {
    const fields = [field(468, VARIABLE), field(111, VARIABLE, 6871)];
    const record = Buffer.concat([variable('iana'), variable('cert')]);
    expect(readMessages(message([set(2, templateRecord(400, fields)), set(400, record)])).records).toEqual([
      { httpUserAgent: 'iana', '6871/111': 'cert' },
    ]);
  });
});
