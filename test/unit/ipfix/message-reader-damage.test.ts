import { describe, expect, it } from 'vitest';

import { MessageReader } from '../../../src/ipfix/message-reader.js';
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
  variable,
  VARIABLE,
} from './message-builder.js';
import { problemTexts, readMessages } from './read-messages.js';

const portTemplate = set(2, templateRecord(256, [field(7, 2)]));
const ports = (...values: number[]): Buffer => set(256, ...values.map(u16));
const portsOf = (result: { records: Record<string, unknown>[] }): unknown[] =>
  result.records.map((record) => record['sourceTransportPort']);

describe('damage', () => {
  const first = message([portTemplate, ports(1)]);
  const second = message([ports(2)], { sequence: 1 });
  const third = message([ports(3)], { sequence: 2 });

  it('between messages: the next message is found', () => {
    const garbage = Buffer.from('ffee000a0000000affff000a0010', 'hex');
    const result = readMessages(Buffer.concat([first, garbage, second, third]));
    expect(portsOf(result)).toEqual([1, 2, 3]);
    expect(result.problems).toEqual([
      { offset: first.length, message: 'version 65518, expected 10: not an IPFIX message' },
      { offset: first.length + 14, message: 'reading goes on here, 14 octets after the fault' },
    ]);
    expect(result.counters.skippedOctets).toBe(14);
  });

  it.each([1, 5, 1000])('between messages is found in chunks of %i octets as well', (chunkOctets) => {
    const octets = Buffer.concat([first, Buffer.alloc(300, 0xa5), second, third]);
    expect(readMessages(octets, chunkOctets)).toEqual(readMessages(octets));
    expect(portsOf(readMessages(octets, chunkOctets))).toEqual([1, 2, 3]);
  });

  it('of a length that is too small', () => {
    for (const length of [0, 15]) {
      const damaged = Buffer.from(second);
      damaged.writeUInt16BE(length, 2);
      const result = readMessages(Buffer.concat([first, damaged, third]));
      expect(portsOf(result)).toEqual([1, 3]);
      expect(problemTexts(result)[0]).toBe(`message length ${length}, expected 16 to 65535`);
    }
  });

  it('of a length that cuts the message short', () => {
    const damaged = Buffer.from(second);
    damaged.writeUInt16BE(damaged.length - 1, 2);
    const result = readMessages(Buffer.concat([first, damaged, third]));
    expect(portsOf(result)).toEqual([1, 3]);
    expect(problemTexts(result)[0]).toBe('Set 256 claims 6 octets, expected 4 to 5');
  });

  it('of a length that swallows what follows', () => {
    for (const length of [30, 45, 60_000]) {
      const damaged = Buffer.from(second);
      damaged.writeUInt16BE(length, 2);
      const result = readMessages(Buffer.concat([first, damaged, third, third]));
      expect(portsOf(result)).toEqual([1, 2, 3, 3]);
      expect(result.problems.length).toBeGreaterThan(0);
    }
  });

  it('that another format is, is named', () => {
    expect(problemTexts(readMessages(Buffer.concat([u16(9), Buffer.alloc(60, 0xff)])))).toEqual([
      'version 9 is NetFlow v9, expected IPFIX, version 10',
      'no further message in the 62 octets after the fault',
    ]);
    const text = Buffer.from('this is no flow file at all');
    expect(problemTexts(readMessages(text))).toEqual([
      'version 29800, expected 10: not an IPFIX message',
      'no further message in the 27 octets after the fault',
    ]);
    expect(readMessages(text).counters.skippedOctets).toBe(27);
  });

  it('of the last message leaves its whole records', () => {
    const octets = Buffer.concat([first, message([ports(2, 3, 4)], { sequence: 1 })]);
    const result = readMessages(octets.subarray(0, -1));
    expect(portsOf(result)).toEqual([1, 2, 3]);
    expect(result.problems).toEqual([{ offset: first.length, message: 'cut message: 25 octets of 26' }]);
  });

  it('by cutting at any octet gives a prefix of the records and one problem', () => {
    const octets = Buffer.concat([
      message([
        set(2, templateRecord(300, FLOW_FIELDS)),
        set(3, optionsTemplateRecord(301, 1, [field(149, 4), field(82, VARIABLE)])),
      ]),
      message([set(300, flowRecord(), flowRecord({ packets: 3 })), set(301, u32(4), variable('eth0'))]),
      message([set(300, flowRecord({ octets: 77 }))], { sequence: 3 }),
    ]);
    const whole = readMessages(octets);
    expect(whole.records).toHaveLength(4);
    const boundaries = new Set([0]);
    for (let at = 0; at < octets.length; boundaries.add(at)) at += octets.readUInt16BE(at + 2);
    for (let length = 0; length <= octets.length; length++) {
      const result = readMessages(octets.subarray(0, length), 61);
      expect(result.records).toEqual(whole.records.slice(0, result.records.length));
      expect(result.problems, `cut at ${length}`).toHaveLength(boundaries.has(length) ? 0 : 1);
    }
  });

  it('ends with the datagram that has it', () => {
    const problems: string[] = [];
    let records = 0;
    const reader = new MessageReader({
      record: () => void records++,
      problem: ({ offset, message: text }) => problems.push(`${offset}: ${text}`),
    });
    for (const datagram of [first, second.subarray(0, 18), Buffer.from('junk'), third]) {
      reader.push(datagram);
      reader.end();
    }
    expect(records).toBe(2);
    expect(problems).toEqual([
      `${first.length}: cut message: 18 octets of 22`,
      `${first.length + 18}: cut message header: 4 octets of 16`,
    ]);
    expect(reader.octetsRead).toBe(first.length + 18 + 4 + third.length);
  });
});
