import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  writeDecimal,
  writeHex,
  writeIpv4,
  writeIpv6,
  writeMac,
  writePadded,
  writeTime,
} from '../../../../src/export/text/text-octets.js';
import { ipv6Text } from '../../../../src/ipfix/value-text.js';

const MARGIN = 3;

/** What a function writes, from the place where it is told to begin to where it says it ends. */
function written(write: (octets: Uint8Array, at: number) => number): string {
  const octets = Buffer.alloc(100, '#');
  const end = write(octets, MARGIN);
  expect(octets.toString('latin1', 0, MARGIN)).toBe('###');
  expect(octets.toString('latin1', end)).toMatch(/^#*$/);
  return octets.toString('latin1', MARGIN, end);
}

function ipv6(octets: readonly number[]): string {
  const words = new Int32Array([9, ...[0, 4, 8, 12].map((at) => Buffer.from(octets).readInt32BE(at))]);
  return written((out, at) => writeIpv6(out, at, words, 1));
}

describe('numbers', () => {
  it('are written in decimal up to 2^53', () => {
    const edges = [0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 4_294_967_295, 10 ** 15, Number.MAX_SAFE_INTEGER];
    for (const value of edges) expect(written((out, at) => writeDecimal(out, at, value))).toBe(String(value));
    fc.assert(
      fc.property(fc.maxSafeInteger().map(Math.abs), fc.integer({ min: 1, max: 2 ** 31 }), (value, divisor) => {
        const smaller = Math.floor(value / divisor);
        expect(written((out, at) => writeDecimal(out, at, smaller))).toBe(String(smaller));
      }),
    );
  });

  it('are written with zeros in front, and in hexadecimal', () => {
    expect(written((out, at) => writePadded(out, at, 42, 6))).toBe('000042');
    expect(written((out, at) => writeHex(out, at, 0xfedcba98, 8))).toBe('fedcba98');
    expect(written((out, at) => writeHex(out, at, 0x12ab, 2))).toBe('ab');
  });
});

describe('addresses', () => {
  it('of IPv4 and MAC are written octet by octet', () => {
    expect(written((out, at) => writeIpv4(out, at, 0xff00_0a63 | 0))).toBe('255.0.10.99');
    expect(written((out, at) => writeMac(out, at, 0x1230a0b, 0xcdef0001 | 0))).toBe('0a:0b:cd:ef:00:01');
  });

  it.each([
    ['::', []],
    ['::1', [[15, 1]]],
    ['1::', [[1, 1]]],
    [
      '2001:db8::8:800:200c:417a',
      [
        [0, 0x20],
        [1, 1],
        [2, 0xd],
        [3, 0xb8],
        [9, 8],
        [10, 8],
        [12, 0x20],
        [13, 0xc],
        [14, 0x41],
        [15, 0x7a],
      ],
    ],
    [
      '1:0:1::1',
      [
        [1, 1],
        [5, 1],
        [15, 1],
      ],
    ],
    [
      '::ffff:192.0.2.1',
      [
        [10, 255],
        [11, 255],
        [12, 192],
        [14, 2],
        [15, 1],
      ],
    ],
    [
      '1:0:0:1::',
      [
        [1, 1],
        [7, 1],
      ],
    ],
    [
      '1::1:0:0:1',
      [
        [1, 1],
        [9, 1],
        [15, 1],
      ],
    ],
    ['0:1:1:1:1:1:1:1', [3, 5, 7, 9, 11, 13, 15].map((at) => [at, 1])],
  ])('of IPv6 are written as %s', (expected, octets) => {
    const address = Array<number>(16).fill(0);
    for (const [at, octet] of octets) address[at] = octet;
    expect(ipv6(address)).toBe(expected);
  });

  it('of IPv6 are written as the reader of IPFIX files shows them', () => {
    const octet = fc.oneof(fc.constant(0), fc.constant(0), fc.constant(255), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(octet, { minLength: 16, maxLength: 16 }), (octets) => {
        expect(ipv6(octets)).toBe(ipv6Text(Buffer.from(octets), 0));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('times', () => {
  it('are cut off, not rounded, to 3, 6 or 9 decimals', () => {
    const us = Date.UTC(2026, 1, 28, 23, 59, 59) * 1000 + 999_999;
    expect(written((out, at) => writeTime(out, at, us, 999, 3))).toBe('2026-02-28T23:59:59.999Z');
    expect(written((out, at) => writeTime(out, at, us, 999, 6))).toBe('2026-02-28T23:59:59.999999Z');
    expect(written((out, at) => writeTime(out, at, us, 7, 9))).toBe('2026-02-28T23:59:59.999999007Z');
  });

  it('change their date at midnight, in either direction', () => {
    const midnight = Date.UTC(2024, 2, 1) * 1000;
    const text = (us: number): string => written((out, at) => writeTime(out, at, us, 0, 6));
    expect(text(midnight)).toBe('2024-03-01T00:00:00.000000Z');
    expect(text(midnight - 1)).toBe('2024-02-29T23:59:59.999999Z');
    expect(text(midnight)).toBe('2024-03-01T00:00:00.000000Z');
    expect(text(0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it('past the year 9999 are seconds', () => {
    expect(written((out, at) => writeTime(out, at, 253_402_300_799_000_000, 0, 3))).toBe('9999-12-31T23:59:59.000Z');
    expect(written((out, at) => writeTime(out, at, 253_402_300_800_000_000, 0, 3))).toBe('253402300800.000');
  });
});
