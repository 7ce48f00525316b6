import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { InterfaceClock, resolutionProblem } from '../../../src/capture/pcapng-clock.js';

const NS_PER_SECOND = 1_000_000_000n;
const MAX_US = BigInt(Number.MAX_SAFE_INTEGER);

/** Nanoseconds since 1970 as the clock writes them; null when it says that the time is out of range. */
function read(clock: InterfaceClock, time: bigint): bigint | null {
  const timeUs = new Float64Array(1);
  const timeNs = new Int32Array(1);
  const inRange = clock.write(timeUs, timeNs, 0, Number(time >> 32n), Number(time & 0xffff_ffffn));
  if (!(timeNs[0] >= 0 && timeNs[0] <= 999)) throw new Error(`${timeNs[0]} ns beyond the microsecond`);
  return inRange ? BigInt(timeUs[0]) * 1000n + BigInt(timeNs[0]) : null;
}

function unitsPerSecond(resolution: number): bigint {
  return (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
}

const resolutions = [
  ...Array.from({ length: 20 }, (_, exponent) => exponent),
  ...Array.from({ length: 64 }, (_, exponent) => 0x80 | exponent),
];

describe('a pcapng clock', () => {
  it.each(resolutions)('is exact to the nanosecond with if_tsresol %i', (resolution) => {
    const clock = new InterfaceClock(resolution);
    const units = unitsPerSecond(resolution);
    // Up to 2106, as far as 64 bits reach.
    const limit = [units * 4_294_967_296n, 1n << 64n].reduce((a, b) => (a < b ? a : b));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: limit - 1n }), (time) => {
        expect(read(clock, time)).toBe((time * NS_PER_SECOND) / units);
      }),
      { examples: [[0n], [1n], [limit - 1n], [units - 1n < limit ? units - 1n : 0n], [units < limit ? units : 0n]] },
    );
  });

  it('adds if_tsoffset', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...resolutions),
        fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }),
        fc.nat(1_000_000_000),
        (resolution, offset, seconds) => {
          const units = unitsPerSecond(resolution);
          const time = BigInt.asUintN(64, BigInt(seconds) * units + units / 3n);
          const expected = (time * NS_PER_SECOND) / units + BigInt(offset) * NS_PER_SECOND;
          const inRange = expected >= 0n && expected / 1000n <= MAX_US;
          expect(read(new InterfaceClock(resolution, offset), time)).toBe(inRange ? expected : null);
        },
      ),
    );
  });

  it('counts microseconds unless told otherwise', () => {
    expect(read(new InterfaceClock(), 1_700_000_000_123_456n)).toBe(1_700_000_000_123_456_000n);
  });

  it('stays within its range whatever the time stamp', () => {
    const timeUs = new Float64Array(1);
    const timeNs = new Int32Array(1);
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const offset = fc.oneof(fc.constantFrom(0, -9.3e18, 9.3e18), fc.maxSafeInteger());
    fc.assert(
      fc.property(fc.constantFrom(...resolutions), offset, word, word, (resolution, seconds, high, low) => {
        new InterfaceClock(resolution, seconds).write(timeUs, timeNs, 0, high, low);
        expect(Number.isSafeInteger(timeUs[0]) && timeUs[0] >= 0).toBe(true);
        expect(timeNs[0]).toBeGreaterThanOrEqual(0);
        expect(timeNs[0]).toBeLessThan(1000);
      }),
    );
  });

  it('tells times before 1970 and beyond 2^53 µs', () => {
    expect(read(new InterfaceClock(6, -2), 1_999_999n)).toBeNull();
    expect(read(new InterfaceClock(6, -2), 2_000_000n)).toBe(0n);
    expect(read(new InterfaceClock(6), (1n << 64n) - 1n)).toBeNull();
    expect(read(new InterfaceClock(6), MAX_US)).toBe(MAX_US * 1000n);
    expect(read(new InterfaceClock(6), MAX_US + 1n)).toBeNull();
  });
});

describe('if_tsresol', () => {
  it('has limits', () => {
    for (const resolution of resolutions) expect(resolutionProblem(resolution)).toBeNull();
    expect(resolutionProblem(20)).toBe('time stamps in units of 10^-20 s, at most 10^-19 s was expected');
    expect(resolutionProblem(0x80 | 64)).toBe('time stamps in units of 2^-64 s, at most 2^-63 s was expected');
    expect(resolutionProblem(0xff)).not.toBeNull();
  });
});
