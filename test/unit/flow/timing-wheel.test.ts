import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Clock } from '../../../src/decode/decoded-batch.js';
import { tickAfter, TimingWheel, Wheel } from '../../../src/flow/timing-wheel.js';
import { runs } from '../../property/runs.js';

function takeAll(wheel: TimingWheel, tick: number, room = 3): number[] {
  const into = new Int32Array(room);
  const flows: number[] = [];
  for (;;) {
    const n = wheel.take(tick, into);
    flows.push(...into.subarray(0, n));
    if (n < room) return flows;
  }
}

/** Where a flow placed at `tick` comes up. */
const comesUp = (now: number, tick: number): number => Math.min(Math.max(tick, now + 1), now + Wheel.WheelSlots - 1);

const CAPACITY = 64;
const start = fc.constantFrom(
  0,
  1,
  1023,
  2 ** 31 - 2,
  2 ** 32 - 2,
  2 ** 32 + 5,
  Math.floor(2 ** 53 / Clock.TickUs) - 5000,
);
const distance = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(1022, 1023, 1024, 1025, 4000), fc.nat(1100));
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('place' as const), n: distance }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), n: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('removeSoon' as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('removeLeaving' as const), n: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const), n: fc.integer({ min: 1, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('earliest' as const), n: fc.constant(0) }) },
);

describe('TimingWheel', () => {
  it('gives out what a list ordered by tick gives out, over many turns and ticks beyond 32 bits', () => {
    fc.assert(
      fc.property(start, fc.array(operation, { maxLength: 150, size: 'max' }), (first, operations) => {
        const wheel = new TimingWheel(CAPACITY);
        wheel.tick = first;
        const model = new Map<number, number>();
        const unused = Array.from({ length: CAPACITY - 1 }, (_, i) => i + 1);
        const leaving: number[] = [];
        for (const { kind, n } of operations) {
          const flow = [...model.keys()][n % Math.max(1, model.size)];
          if (kind === 'place') {
            const next = unused.pop();
            if (next === undefined) continue;
            wheel.place(next, wheel.tick + n);
            model.set(next, comesUp(wheel.tick, wheel.tick + n));
          } else if (kind === 'remove' && model.has(flow)) {
            wheel.remove(flow);
            model.delete(flow);
            unused.push(flow);
          } else if (kind === 'removeSoon' && model.has(flow)) {
            wheel.removeSoon(flow);
            model.delete(flow);
            leaving.push(flow);
          } else if (kind === 'removeLeaving') {
            wheel.removeLeaving();
            unused.push(...leaving.splice(0));
          } else if (kind === 'turn') {
            for (const end = wheel.tick + n; wheel.tick < end; wheel.tick++) {
              const expected = [...model].filter(([, tick]) => tick === wheel.tick + 1).map(([placed]) => placed);
              const taken = takeAll(wheel, wheel.tick + 1).sort((a, b) => a - b);
              expected.sort((a, b) => a - b);
              if (taken.join() !== expected.join()) expect(taken).toEqual(expected);
              for (const gone of expected) {
                model.delete(gone);
                unused.push(gone);
              }
            }
          } else if (kind === 'earliest') {
            const earliest = Math.min(...model.values());
            const found = wheel.earliestFlow();
            expect(model.get(found) ?? Infinity).toBe(earliest);
            if (found === 0) expect(model.size).toBe(0);
            else expect(wheel.foundTick).toBe(earliest);
          }
        }
        const ticks = Array.from({ length: Wheel.WheelSlots }, (_, i) => wheel.tick + 1 + i);
        const found = [...model.keys()].map((_, n) => [
          n === 0 ? wheel.earliestFlow() : wheel.nextFlow(),
          wheel.foundTick,
        ]);
        const rest = ticks.flatMap((tick) => takeAll(wheel, tick).map((flow) => [flow, tick]));
        const byFlow = (a: number[], b: number[]): number => a[0] - b[0];
        expect(found.map(([, tick]) => tick)).toEqual(rest.map(([, tick]) => tick));
        expect(found.sort(byFlow)).toEqual([...model].sort(byFlow));
        expect(rest.sort(byFlow)).toEqual([...model].sort(byFlow));
      }),
      runs(150),
    );
  });

  it('gives a crowded slot out in parts', () => {
    const wheel = new TimingWheel(2000);
    for (let flow = 1; flow < 2000; flow++) wheel.place(flow, 7);
    const into = new Int32Array(512);
    const counts = [1, 2, 3, 4, 5].map(() => wheel.take(7, into));
    expect(counts).toEqual([512, 512, 512, 463, 0]);
  });

  it('finds nothing in an empty wheel', () => {
    const wheel = new TimingWheel(4);
    expect(wheel.earliestFlow()).toBe(0);
    wheel.place(1, 5);
    wheel.remove(1);
    expect(wheel.earliestFlow()).toBe(0);
  });
});

describe('tickAfter', () => {
  it.each([0, 1, 262_143, 262_144, 1_700_000_000_000_000, 2 ** 53 - 1])('%d µs', (us) => {
    const tick = tickAfter(us);
    // Exact where a product could be rounded: in integers.
    expect(BigInt(tick) * BigInt(Clock.TickUs) > BigInt(us)).toBe(true);
    expect(BigInt(tick - 1) * BigInt(Clock.TickUs) <= BigInt(us)).toBe(true);
  });
});
