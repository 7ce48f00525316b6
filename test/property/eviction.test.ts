import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NaiveMeter } from '../support/naive-meter.js';
import { Capture, type MeterOptions, TestMeter } from '../support/traffic.js';
import { split, timeouts, traffic } from './arbitrary-traffic.js';
import { expectSame, runs } from './runs.js';

const TICK_NS = 262_144_000n;

/** Active timeouts that never come, idle timeouts of less than one turn of the timing wheel. */
const idleOnly = fc.record({
  idleUs: fc.constantFrom(1_000, 200_000, 1_000_000, 30_000_000, 200_000_000),
  activeUs: fc.constant(1e15),
  maxFlows: fc.integer({ min: 1, max: 6 }),
});

const anyTimeouts = fc
  .tuple(timeouts, fc.integer({ min: 1, max: 6 }))
  .map(([chosen, maxFlows]): MeterOptions => ({ ...chosen, maxFlows }));

interface Evictions {
  readonly records: readonly string[];
  readonly expected: readonly string[];
  /** For each flow that had to go: the tick of its idle expiry, and the earliest one among all flows. */
  readonly ticks: readonly { readonly victim: bigint; readonly nearest: bigint }[];
}

/** Meters packets and lets the model follow: in it go the flows that went, everything else is its own doing. */
function follow(capture: Capture, options: MeterOptions, batches: readonly number[], model: NaiveMeter): string[] {
  const meter = new TestMeter(options);
  const { cache } = meter.meter;
  const bound = options.maxFlows ?? Infinity;
  for (let from = 0, n = 0; from < capture.length; n++) {
    const to = Math.min(capture.length, from + batches[n % batches.length]);
    meter.process(capture.fill(from, to));
    from = to;
    const { created, ended, peak } = cache.counters;
    // The peak is taken at every packet.
    if (cache.size > bound || peak > bound) expect.fail(`${peak} flows where ${bound} may be`);
    if (created !== ended.reduce((sum, count) => sum + count) + cache.size) expect.fail('flows appeared or vanished');
  }
  const records = meter.finish();
  const { created, ended } = cache.counters;
  expect(cache.size).toBe(0);
  expect(created).toBe(records.length);
  for (let reason = 0; reason < ended.length; reason++) {
    expect(ended[reason]).toBe(records.filter((record) => record.includes(` reason ${reason} `)).length);
  }
  for (const packet of capture.packets) model.packet(packet);
  return records;
}

function evictions(capture: Capture, options: MeterOptions, batches: readonly number[]): Evictions {
  const gone: number[] = [];
  const ticks: { victim: bigint; nearest: bigint }[] = [];
  const due = (end: bigint): bigint => (end + BigInt(options.idleUs) * 1000n) / 1000n / (TICK_NS / 1000n) + 1n;
  const model = new NaiveMeter(options, (flows) => {
    const victim = flows.find(({ first }) => first === gone[ticks.length]) ?? expect.fail('another flow had to go');
    const all = flows.map(({ end }) => due(end));
    ticks.push({ victim: due(victim.end), nearest: all.reduce((a, b) => (a < b ? a : b)) });
    return victim;
  });
  // The records come first, and tell which flows went.
  const meter = new TestMeter(options);
  for (let from = 0; from < capture.length; from++) meter.process(capture.fill(from, from + 1));
  for (const record of meter.finish()) {
    const match = /^#(\d+) .* reason 5 /.exec(record);
    if (match !== null) gone.push(Number(match[1]));
  }
  const records = follow(capture, options, batches, model);
  return { records, expected: model.finish(), ticks };
}

describe('flows above the bound', () => {
  it('end one for one, with reason 5, those nearest to their idle expiry first', () => {
    let evicted = 0;
    fc.assert(
      fc.property(traffic({ options: idleOnly, forwards: true }), split, ({ options, packets }, batches) => {
        const { records, expected, ticks } = evictions(new Capture(packets), options, batches);
        expectSame(records, expected);
        for (const { victim, nearest } of ticks) expect(victim).toBe(nearest);
        evicted += ticks.length;
      }),
      runs(150),
    );
    expect(evicted).toBeGreaterThan(150);
  });

  it('change nothing for the other flows, whatever the timeouts and the times', () => {
    fc.assert(
      fc.property(traffic({ options: anyTimeouts }), split, ({ options, packets }, batches) => {
        const { records, expected } = evictions(new Capture(packets), options, batches);
        expectSame(records, expected);
      }),
      runs(150),
    );
  });
});
