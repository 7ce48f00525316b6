import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AbstractDataType } from '../../../src/ipfix/information-model.js';
import { readTimestamp, stringText, Timestamp } from '../../../src/ipfix/value.js';
import {
  ipv6Text,
  jsonText,
  printableText,
  scalarValue,
  secondsText,
  silkTimeText,
  timeText,
} from '../../../src/ipfix/value-text.js';
import { ip4, ip6, ntp, u16, u32, u64, u8 } from './message-builder.js';

/** The value of octets that lie somewhere inside a larger buffer. */
function value(type: AbstractDataType, content: Buffer | string): unknown {
  const octets = typeof content === 'string' ? Buffer.from(content.replaceAll(' ', ''), 'hex') : content;
  const around = Buffer.concat([Buffer.from('5aa5ff', 'hex'), octets, Buffer.from('ff00a5', 'hex')]);
  return scalarValue(around, 3, octets.length, type);
}

describe('integers', () => {
  it.each<[AbstractDataType, string, unknown]>([
    ['unsigned8', 'ff', 255],
    ['unsigned16', 'ffff', 65_535],
    ['unsigned16', '02', 2],
    ['unsigned32', 'fffffffe', 4_294_967_294],
    ['unsigned32', '010000', 65_536],
    ['unsigned64', '00', 0],
    ['unsigned64', '010203', 66_051],
    ['unsigned64', '001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['unsigned64', '0020000000000000', '9007199254740992'],
    ['unsigned64', 'ffffffffffffffff', '18446744073709551615'],
    ['signed8', 'ff', -1],
    ['signed8', '7f', 127],
    ['signed16', '8000', -32_768],
    ['signed32', 'ff', -1],
    ['signed32', 'ffff0000', -65_536],
    ['signed64', 'ffffffffffffff00', -256],
    ['signed64', '8000000000000000', '-9223372036854775808'],
    ['signed64', '7fffffffffffffff', '9223372036854775807'],
  ])('%s %s is %s', (type, octets, expected) => {
    expect(value(type, octets)).toBe(expected);
  });

  it('are octets when they are longer than any integer, and nothing when they are empty', () => {
    expect(value('unsigned64', '010203040506070809')).toBe('010203040506070809');
    expect(value('unsigned8', '')).toBeNull();
    expect(value('signed8', '')).toBeNull();
  });

  it('keep their value in every reduced length', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
        fc.integer({ min: 1, max: 8 }),
        (full, length) => {
          const kept = BigInt.asUintN(length * 8, full);
          const octets = u64(kept).subarray(8 - length);
          expect(BigInt(value('unsigned64', octets) as number | string)).toBe(kept);
          expect(BigInt(value('signed64', octets) as number | string)).toBe(BigInt.asIntN(length * 8, full));
        },
      ),
    );
  });
});

describe('floats', () => {
  it.each([0, -0.5, 1e300, Number.MIN_VALUE])('float64 %s', (number) => {
    const octets = Buffer.alloc(8);
    octets.writeDoubleBE(number);
    expect(value('float64', octets)).toBe(number);
  });

  it('may be sent in four octets, and in no other length', () => {
    expect(value('float64', '3fc00000')).toBe(1.5);
    expect(value('float32', 'c0200000')).toBe(-2.5);
    expect(value('float32', 'c020')).toBe('c020');
  });

  it.each([
    ['7f800000', '+inf'],
    ['ff800000', '-inf'],
    ['7fc00000', 'NaN'],
  ])('%s is %s', (octets, expected) => {
    expect(value('float32', octets)).toBe(expected);
  });
});

describe('booleans', () => {
  it('are 1 and 2, and octets otherwise', () => {
    expect(value('boolean', '01')).toBe(true);
    expect(value('boolean', '02')).toBe(false);
    expect(value('boolean', '00')).toBe('00');
    expect(value('boolean', '0001')).toBe('0001');
  });
});

describe('addresses', () => {
  it('are written as everybody writes them', () => {
    expect(value('ipv4Address', ip4('192.0.2.255'))).toBe('192.0.2.255');
    expect(value('macAddress', '00 0a 95 9d 68 ff')).toBe('00:0a:95:9d:68:ff');
  });

  it('are octets in a wrong length', () => {
    expect(value('ipv4Address', 'c00002')).toBe('c00002');
    expect(value('ipv6Address', 'c0000201')).toBe('c0000201');
    expect(value('macAddress', '000a959d68')).toBe('000a959d68');
  });

  it.each([
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:1', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
  ])('RFC 5952: %s is %s', (groups, expected) => {
    expect(ipv6Text(ip6(groups), 0)).toBe(expected);
  });
});

describe('strings', () => {
  it.each([
    [Buffer.from('plain'), 'plain'],
    [Buffer.from('Zürich – 東京 🙂'), 'Zürich – 東京 🙂'],
    [Buffer.from('eth0\0\0\0\0'), 'eth0'],
    [Buffer.from([0x61, 0xff, 0x62]), 'a\\xFFb'],
    [Buffer.from([0xc3]), '\\xC3'],
    [Buffer.from([0xc0, 0xaf]), '\\xC0\\xAF'],
    [Buffer.from([0xed, 0xa0, 0x80]), '\\xED\\xA0\\x80'],
    [Buffer.from([0xf4, 0x90, 0x80, 0x80]), '\\xF4\\x90\\x80\\x80'],
    [Buffer.from([0xc3, 0xbc, 0xfe]), 'ü\\xFE'],
    [Buffer.alloc(0), ''],
    [Buffer.alloc(4), ''],
  ])('%o', (octets, expected) => {
    expect(value('string', octets)).toBe(expected);
  });

  it('of any octets are read, and valid ones are kept', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        (octets) => typeof stringText(Buffer.from(octets), 0, octets.length) === 'string',
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const octets = Buffer.from(text);
        expect(stringText(octets, 0, octets.length)).toBe(octets.toString().replace(/\0+$/, ''));
      }),
    );
  });

  it('cannot command a terminal', () => {
    expect(printableText('a\u001b[2Jb\u009bc\u202ed\n')).toBe('a\\x1B[2Jb\\x9Bc\\u202ed\\x0A');
    expect(jsonText('a\u001b"\u009b')).toBe('"a\\u001b\\"\\u009b"');
    expect(JSON.parse(jsonText('a\u001b"\\\u009b\u2028'))).toBe('a\u001b"\\\u009b\u2028');
  });
});

describe('octetArray', () => {
  it('is pairs of hexadecimal digits', () => {
    expect(value('octetArray', '00ffA1')).toBe('00ffa1');
    expect(value('octetArray', '')).toBe('');
  });
});

describe('times', () => {
  it.each<[AbstractDataType, Buffer, string]>([
    ['dateTimeSeconds', u32(0), '1970-01-01T00:00:00Z'],
    ['dateTimeSeconds', u32(0xffff_ffff), '2106-02-07T06:28:15Z'],
    ['dateTimeMilliseconds', u64(1_072_960_496_789), '2004-01-01T12:34:56.789Z'],
    ['dateTimeMilliseconds', u64(253_402_300_799_999), '9999-12-31T23:59:59.999Z'],
    ['dateTimeMilliseconds', u64(253_402_300_800_001), '253402300800.001'],
    ['dateTimeMilliseconds', u64(0x3fff_ffff_ffff_ffffn), '4611686018427387.903'],
    ['dateTimeMicroseconds', ntp(1_072_960_496, 0x3333_3000), '2004-01-01T12:34:56.200000Z'],
    ['dateTimeNanoseconds', ntp(1_072_960_496, 0x3333_3333), '2004-01-01T12:34:56.200000000Z'],
    ['dateTimeNanoseconds', ntp(1_072_960_496, 1 << 30), '2004-01-01T12:34:56.250000000Z'],
  ])('%s %o is %s', (type, octets, expected) => {
    expect(value(type, octets)).toBe(expected);
  });

  it('round a fraction up into the next second', () => {
    expect(value('dateTimeMicroseconds', ntp(59, 0xffff_ffff))).toBe('1970-01-01T00:01:00.000000Z');
    expect(value('dateTimeNanoseconds', ntp(59, 0xffff_ffff))).toBe('1970-01-01T00:01:00.000000000Z');
  });

  it('ignore the low 11 bits of microseconds', () => {
    const withNoise = value('dateTimeMicroseconds', ntp(0, 0x3333_3000 | 0x7ff));
    expect(withNoise).toBe(value('dateTimeMicroseconds', ntp(0, 0x3333_3000)));
  });

  it('of NTP format are of the era that their top bit names', () => {
    expect(value('dateTimeNanoseconds', Buffer.concat([u32(0x8000_0000), u32(0)]))).toBe(
      '1968-01-20T03:14:08.000000000Z',
    );
    expect(value('dateTimeNanoseconds', Buffer.concat([u32(0xffff_ffff), u32(0)]))).toBe(
      '2036-02-07T06:28:15.000000000Z',
    );
    expect(value('dateTimeNanoseconds', u64(0))).toBe('2036-02-07T06:28:16.000000000Z');
    expect(value('dateTimeMicroseconds', Buffer.concat([u32(1), u32(0)]))).toBe('2036-02-07T06:28:17.000000Z');
  });

  it('are octets in a wrong length', () => {
    expect(value('dateTimeSeconds', u64(1))).toBe('0000000000000001');
    expect(value('dateTimeMilliseconds', u32(1))).toBe('00000001');
    expect(value('dateTimeNanoseconds', u32(1))).toBe('00000001');
  });

  it('come back from the fractions that senders cut off', () => {
    const time = new Timestamp();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 999_999 }), (seconds, micros) => {
        const fraction = Number(((BigInt(micros) << 32n) / 1_000_000n) & ~0x7ffn);
        readTimestamp(ntp(seconds, fraction), 0, 8, 'dateTimeMicroseconds', time);
        expect([time.seconds, time.nanoseconds]).toEqual([seconds, micros * 1000]);
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.integer({ min: 0, max: 999_999_999 }),
        (seconds, nanos) => {
          const fraction = Number((BigInt(nanos) << 32n) / 1_000_000_000n);
          readTimestamp(ntp(seconds, fraction), 0, 8, 'dateTimeNanoseconds', time);
          expect([time.seconds, time.nanoseconds]).toEqual([seconds, nanos]);
        },
      ),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0x3fff_ffff_ffff_ffffn }), (milliseconds) => {
        readTimestamp(u64(milliseconds), 0, 8, 'dateTimeMilliseconds', time);
        const expected = [Number(milliseconds / 1000n), Number(milliseconds % 1000n) * 1e6];
        expect([time.seconds, time.nanoseconds]).toEqual(expected);
      }),
    );
  });

  it('agree with Date over the whole range, whatever was written before', () => {
    const time = new Timestamp();
    fc.assert(
      fc.property(fc.integer({ min: -61_505_152_000, max: 253_402_300_799_999 }), (milliseconds) => {
        time.seconds = Math.floor(milliseconds / 1000);
        time.nanoseconds = (milliseconds - time.seconds * 1000) * 1e6;
        const iso = new Date(milliseconds).toISOString();
        expect(timeText(time, 3, 'T', 'Z')).toBe(iso);
        expect(silkTimeText(time)).toBe(iso.slice(0, 10).replaceAll('-', '/') + iso.slice(10, 23));
      }),
    );
  });

  it('are cut, not rounded, to fewer digits', () => {
    const time = new Timestamp();
    time.nanoseconds = 999_999_999;
    expect(timeText(time, 0, ' ', '')).toBe('1970-01-01 00:00:00');
    expect(timeText(time, 3, ' ', '')).toBe('1970-01-01 00:00:00.999');
    expect(timeText(time, 6, ' ', '')).toBe('1970-01-01 00:00:00.999999');
  });

  it('spans have three decimals', () => {
    expect([0, 7, 1234, 60_000].map(secondsText)).toEqual(['0.000', '0.007', '1.234', '60.000']);
  });
});

describe('every type', () => {
  const types: AbstractDataType[] = [
    'unsigned8',
    'signed64',
    'float64',
    'boolean',
    'macAddress',
    'string',
    'octetArray',
  ];
  const more: AbstractDataType[] = ['dateTimeSeconds', 'dateTimeMicroseconds', 'ipv4Address', 'ipv6Address'];

  it.each([...types, ...more])('%s reads any octets of any length', (type) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (octets) => {
        const text = jsonText(scalarValue(Buffer.from(octets), 0, octets.length, type));
        expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
    );
  });
});

// The builders are used by every other test of this folder.
describe('the test-side encoder', () => {
  it('writes network byte order', () => {
    expect(Buffer.concat([u8(1), u16(2), u32(3), u64(4)]).toString('hex')).toBe('010002000000030000000000000004');
  });
});
