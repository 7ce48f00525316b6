import { describe, expect, it } from 'vitest';

import { InformationModel } from '../../../src/ipfix/information-model.js';
import { MessageReader } from '../../../src/ipfix/message-reader.js';
import { PRINT_FORMATS, PrintSession } from '../../../src/ipfix/print/print-session.js';
import {
  field,
  FLOW6_FIELDS,
  FLOW_FIELDS,
  flowRecord,
  ip6,
  message,
  ntp,
  optionsTemplateRecord,
  set,
  specifier,
  templateRecord,
  u16,
  u32,
  u64,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 1500);

/** A generator of 32-bit numbers that the seed determines (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A stream with a bit of everything: both families, all kinds of lists, options, type records, withdrawals. */
function sampleStream(): Buffer {
  const everyType = [1, 4, 8, 27, 56, 82, 150, 152, 154, 156, 276, 311, 434, 313].map((id) => field(id, VARIABLE));
  const lists = [
    field(8, 4),
    field(12, 4),
    field(4, 1),
    field(291, VARIABLE),
    field(292, VARIABLE),
    field(293, VARIABLE),
  ];
  const flags = [field(14, 1, 6871), field(15, 1, 6871)];
  const entry = Buffer.concat([u16(302), u16(6), u8(2), u8(24)]);
  const listRecord = Buffer.concat([
    u32(1),
    u32(2),
    u8(6),
    variable(Buffer.concat([u8(3), specifier(field(111, VARIABLE, 6871)), variable('curl'), variable('x')])),
    variable(Buffer.concat([u8(3), u16(302), u8(2), u8(24), u8(3), u8(4)])),
    variable(Buffer.concat([u8(3), entry, entry])),
  ]);
  const values = [u64(5), u8(6), u32(9), ip6('1:0:0:0:0:0:0:2'), Buffer.alloc(6, 7), Buffer.from('né'), u32(1), u64(2)];
  const more = [ntp(3, 4), ntp(5, 6), u8(1), u64(0x3ff0_0000_0000_0000n), u32(7), Buffer.alloc(300, 8)];
  const typeFields = [field(346, 4), field(303, 2), field(339, 1), field(341, VARIABLE)];
  return Buffer.concat([
    message([
      set(2, templateRecord(256, FLOW_FIELDS), templateRecord(257, FLOW6_FIELDS), templateRecord(300, everyType)),
      set(2, templateRecord(301, lists), templateRecord(302, flags), templateRecord(303, [field(5, VARIABLE, 4242)])),
      set(3, optionsTemplateRecord(400, 2, typeFields), optionsTemplateRecord(401, 1, [field(149, 4), field(160, 8)])),
    ]),
    message([
      set(400, u32(4242), u16(5), u8(19), variable('vendor')),
      set(401, u32(0), u64(1e12)),
      set(303, variable('ab')),
    ]),
    message([set(256, flowRecord(), flowRecord({ protocol: 1 }))], { sequence: 3 }),
    message([set(300, ...[...values, ...more].map((content) => variable(content)))], { sequence: 5 }),
    message([set(301, listRecord, listRecord)], { sequence: 6 }),
    message([set(257, flowRecord({ source: ip6('1:2:3:4:5:6:7:8'), destination: ip6('0:0:0:0:0:0:0:1') }))], {
      sequence: 8,
    }),
    message([set(2, u16(302), u16(0)), set(301, listRecord)], { sequence: 9 }),
  ]);
}

/** A damaged copy: octets changed, runs removed, doubled, filled, or moved. */
function mutate(octets: Buffer, random: (below: number) => number): Buffer {
  let damaged = Buffer.from(octets);
  for (let times = 1 + random(4); times > 0 && damaged.length > 0; times--) {
    const at = random(damaged.length);
    const end = Math.min(damaged.length, at + 1 + random(random(4) === 0 ? 200 : 8));
    switch (random(6)) {
      case 0:
        damaged[at] = random(256);
        break;
      case 1:
        damaged[at] = damaged[at] ^ (1 << random(8));
        break;
      case 2:
        damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(end)]);
        break;
      case 3:
        damaged = Buffer.concat([damaged.subarray(0, end), damaged.subarray(at)]);
        break;
      case 4:
        damaged.fill([0, 0xff, random(256)][random(3)], at, end);
        break;
      default:
        damaged = damaged.subarray(0, at);
    }
  }
  return damaged;
}

interface Outcome {
  readonly text: string;
  readonly problems: string[];
  readonly records: number;
}

function printAll(octets: Buffer, format: (typeof PRINT_FORMATS)[number], chunkOctets: number): Outcome {
  const problems: string[] = [];
  const isCsv = format === 'csv' || format === 'silk';
  const settings = { format, fields: null, sort: null, limit: null, options: !isCsv };
  const session = new PrintSession(settings, new InformationModel(), ({ offset, message: text }) => {
    expect(offset).toBeLessThanOrEqual(octets.length);
    problems.push(`${offset}: ${text}`);
  });
  const reader = new MessageReader(session);
  for (let at = 0; at < octets.length; at += chunkOctets) reader.push(octets.subarray(at, at + chunkOctets));
  reader.end();
  let text = session.out.take().toString();
  for (const _piece of session.finish()) text += session.out.take().toString();
  const { dataRecords, optionsRecords } = reader.counters;
  return { text, problems, records: dataRecords + optionsRecords };
}

describe('the reader on damaged streams', () => {
  const sample = sampleStream();

  it('reads the undamaged sample', () => {
    const { problems, records } = printAll(sample, 'json', sample.length);
    expect(problems).toEqual([]);
    expect(records).toBe(10);
  });

  it(`never throws, and says the same in any chunks (seed ${SEED})`, { timeout: 120_000 }, () => {
    const random = randomFrom(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const octets = mutate(sample, random);
      const format = PRINT_FORMATS[round % PRINT_FORMATS.length];
      const whole = printAll(octets, format, octets.length || 1);
      // A record has at least an octet, and a problem costs at least one.
      expect(whole.records, `round ${round}`).toBeLessThanOrEqual(octets.length);
      expect(whole.problems.length, `round ${round}`).toBeLessThanOrEqual(octets.length + 2);
      expect(printAll(octets, format, 1 + random(70)), `round ${round}`).toEqual(whole);
    }
  });

  it('reads what is whole when damage lies between messages', () => {
    const random = randomFrom(SEED + 1);
    const good = printAll(sample, 'json', sample.length);
    for (let round = 0; round < 50; round++) {
      const junk = Buffer.from(Array.from({ length: 1 + random(3000) }, () => random(256)));
      const { text } = printAll(Buffer.concat([sample, junk, sample, sample]), 'json', 4096);
      // The first message behind the junk may be lost only if the junk itself looks like a message.
      expect(text.startsWith(good.text + good.text)).toBe(true);
    }
  });

  it('takes work in proportion to the octets, whatever they are', { timeout: 20_000 }, () => {
    const header = Buffer.concat([u16(10), u16(65_535), u32(0), u32(0), u32(0), u16(256), u16(4)]);
    const hostile = [
      Buffer.alloc(3_000_000),
      Buffer.alloc(3_000_000, Buffer.from('000a', 'hex')),
      Buffer.alloc(3_000_000, header),
      Buffer.alloc(3_000_000, Buffer.concat([u16(10), u16(16), Buffer.alloc(12)])),
    ];
    for (const octets of hostile) {
      const reader = new MessageReader({ record: () => undefined, problem: () => undefined });
      reader.push(octets);
      reader.end();
      expect(reader.octetsRead).toBe(3_000_000);
    }
  });
});
