import { describe, expect, it } from 'vitest';

import { WorkerPace } from '../../../src/sensor/worker-pace.js';

/** Views of `workers` workers. */
function paceOf(workers: number): WorkerPace {
  return new WorkerPace(workers, WorkerPace.allocate(workers));
}

describe('WorkerPace', () => {
  it('holds back who is far ahead of the slowest, and nobody else', () => {
    const pace = paceOf(3);
    pace.tell(0, 100_000, 0);
    pace.tell(1, 120_000, 0);
    pace.tell(2, 1_000_000, 0);
    expect(pace.wait(0, 1)).toBe(true);
    expect(pace.wait(1, 1)).toBe(true);
    expect(pace.wait(2, 1)).toBe(false);
    expect([0, 1, 2].map((worker) => pace.isFarAhead(worker))).toEqual([false, false, true]);
    pace.tell(0, 950_000, 0);
    expect(pace.wait(2, 1)).toBe(false);
    pace.tell(1, 950_000, 0);
    expect(pace.wait(2, 1)).toBe(true);
  });

  it('lets all go on when the others have come to their end', () => {
    const pace = paceOf(2);
    pace.tell(0, 5_000_000, 1);
    pace.tell(1, Infinity, 0);
    expect(pace.wait(1, 1)).toBe(false);
    pace.tell(0, Infinity, 0);
    expect(pace.wait(1, 1)).toBe(true);
  });

  it('counts the inputs that each has come to the end of', () => {
    const pace = paceOf(2);
    pace.endInput(1);
    pace.endInput(1);
    expect([0, 1].map((worker) => pace.inputsEnded(worker))).toEqual([0, 2]);
  });

  it('sums the live flows', () => {
    const pace = paceOf(2);
    pace.tell(0, 10, 7);
    pace.tell(1, 20, 8);
    expect(pace.liveFlows).toBe(15);
  });

  it('ends at a packet that no worker has come to', () => {
    const pace = paceOf(2);
    expect(pace.endAt).toBe(Infinity);
    pace.tell(0, 10_000, 0);
    // As far ahead as it may be, and a window of the shortest packets more.
    pace.tell(1, 10_000 + 131_072 + 49_152, 0);
    pace.endSoon();
    const { endAt } = pace;
    expect(endAt).toBeGreaterThan(10_000 + 131_072 + 49_152);
    pace.tell(0, 100_000, 0);
    pace.endSoon();
    expect(pace.endAt).toBe(endAt);
  });

  it('has no other end than that of the inputs when a worker is there already', () => {
    const pace = paceOf(2);
    pace.tell(1, Infinity, 0);
    pace.endSoon();
    expect(pace.endAt).toBe(Infinity);
  });
});
