import { describe, expect, it } from 'vitest';

import { WallClockSteps, WireClock } from '../../../../src/sensor/live/wire-clock.js';

const T = 1_700_000_000_000_000;

describe('the clock of the packets', () => {
  it('goes on by the monotonic clock while no packets come', () => {
    const clock = new WireClock();
    clock.note(T, 1_000);
    expect(clock.at(1_000)).toBeCloseTo(T, -1);
    expect(clock.at(4_500)).toBeCloseTo(T + 3_500_000, -1);
  });

  it('is told from the freshest packet, not from those that had to wait', () => {
    const clock = new WireClock();
    clock.note(T, 1_000);
    // Stopped for ten seconds; then the buffer is read as fast as it goes.
    for (let ms = 0; ms < 10_000; ms += 1_000) clock.note(T + ms * 1_000, 11_000);
    expect(clock.at(12_000)).toBeCloseTo(T + 11_000_000, -1);
  });

  it('forgets a relation of clocks that holds no more', () => {
    const clock = new WireClock();
    clock.note(T + 5_000_000, 0);
    for (let minute = 1; minute <= 3; minute++) clock.note(T + minute * 60_000_000, minute * 60_000);
    expect(clock.at(180_000)).toBeCloseTo(T + 180_000_000, -1);
  });

  it('follows when it is set', () => {
    const clock = new WireClock();
    clock.note(T, 1_000);
    clock.shift(-3_600e6);
    expect(clock.at(2_000)).toBeCloseTo(T + 1e6 - 3_600e6, -1);
  });
});

describe('steps of the wall clock', () => {
  it('are told once, in both directions; drift is none', () => {
    const steps = new WallClockSteps();
    let wallMs = 1_000_000;
    let ms = 0;
    const check = (): number => steps.check(ms, wallMs, ms);
    expect(check()).toBe(0);
    for (let n = 0; n < 100; n++) {
      ms += 100;
      wallMs += 100.05;
      expect(check()).toBe(0);
    }
    wallMs += 3_600_000;
    expect(check()).toBe(3_600e6);
    expect(check()).toBe(0);
    wallMs -= 7_200_000;
    expect(check()).toBe(-7_200e6);
    expect(check()).toBe(0);
  });

  it('are not taken from two readings between which the thread was stopped', () => {
    const steps = new WallClockSteps();
    steps.check(0, 0, 0);
    expect(steps.check(100, 100, 10_100)).toBe(0);
    expect(steps.check(10_200, 10_200, 10_200)).toBe(0);
  });

  it('are taken from such readings when they are longer than the thread was stopped', () => {
    const steps = new WallClockSteps();
    steps.check(0, 0, 0);
    expect(steps.check(100, 3_600_100, 400)).toBe(3_599_700_000);
    expect(steps.check(500, 3_600_500, 500)).toBe(0);
  });
});
