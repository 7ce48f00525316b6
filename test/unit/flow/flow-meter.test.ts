import { describe, expect, it } from 'vitest';

import { F, Record, W } from '../../../src/flow/flow-record.js';
import { FlowMeter } from '../../../src/flow/flow-meter.js';
import type { Meter } from '../../../src/flow/meter.js';
import { createHashSeed } from '../../../src/decode/flow-key.js';
import {
  Capture,
  type MeterOptions,
  meterPackets,
  type Packet,
  PACKET,
  TCP,
  TestMeter,
} from '../../support/traffic.js';

const SECOND_US = 1_000_000;
const TICK_US = 262_144;
const OPTIONS: MeterOptions = { idleUs: 30 * SECOND_US, activeUs: 1800 * SECOND_US };

/** A packet at a time of its own; `flow` makes flows different. */
const at = (timeUs: number, flow = 0, more: Partial<Packet> = {}): Packet => ({
  ...PACKET,
  timeUs,
  sourcePort: 1000 + flow,
  ...more,
});
const ns = (timeUs: number, timeNs: number): Packet => ({ ...at(timeUs), timeNs });
const back = (p: Packet): Packet => ({
  ...p,
  source: p.destination,
  destination: p.source,
  sourcePort: p.destinationPort,
  destinationPort: p.sourcePort,
});

/** What records say of their numbers, reasons and times. */
const brief = (records: readonly string[]): string[] =>
  records.map((record) => {
    const [, first, reason, position, times, packets] =
      /^#(\d+) .* reason (\d) at (\S+) (\S+) (\d+)p/.exec(record) ?? expect.fail(record);
    return `#${first} reason ${reason} at ${position} ${times} ${packets}p`;
  });

const splits = [[256], [1], [2], [3, 1]];

/** The records, which are the same however the packets fall into batches. */
function metered(packets: readonly Packet[], options: MeterOptions = OPTIONS): string[] {
  const [whole, ...others] = splits.map((split) => meterPackets(packets, options, split));
  for (const other of others) expect(other).toEqual(whole);
  return brief(whole);
}

describe('timeouts', () => {
  it('exactly the idle timeout still belongs, one nanosecond more does not', () => {
    expect(metered([ns(0, 500), ns(30 * SECOND_US, 500)])).toHaveLength(1);
    expect(metered([ns(0, 500), ns(30 * SECOND_US, 501)])).toEqual([
      '#0 reason 1 at 1 500..500 1p',
      '#1 reason 4 at Infinity 30000000501..30000000501 1p',
    ]);
  });

  it('exactly the active timeout still belongs, one nanosecond more does not', () => {
    const options = { idleUs: 30 * SECOND_US, activeUs: 60 * SECOND_US };
    const steady = [ns(0, 7), ns(30 * SECOND_US, 0), ns(60 * SECOND_US, 0)];
    expect(metered([...steady, ns(60 * SECOND_US, 7)], options)).toHaveLength(1);
    expect(metered([...steady, ns(60 * SECOND_US, 8)], options)).toEqual([
      '#0 reason 2 at 3 7..60000000000 3p',
      '#3 reason 4 at Infinity 60000000008..60000000008 1p',
    ]);
  });

  it('idle is tested before active', () => {
    const options = { idleUs: 60 * SECOND_US, activeUs: 30 * SECOND_US };
    expect(metered([at(0), at(60 * SECOND_US + 1)], options)[0]).toContain('reason 1');
  });

  it('the clock ends flows at its ticks, without a packet of theirs, in the order of their first packets', () => {
    const packets = [at(0, 2), at(1, 1), at(2, 0), at(3, 2), at(20 * SECOND_US, 9), at(40 * SECOND_US, 9)];
    expect(metered(packets).slice(0, 3)).toEqual([
      '#0 reason 1 at 4.5 0..3000 2p',
      '#1 reason 1 at 4.5 1000..1000 1p',
      '#2 reason 1 at 4.5 2000..2000 1p',
    ]);
  });

  it('active ends a flow by the clock, too', () => {
    const options = { idleUs: 30 * SECOND_US, activeUs: 20 * SECOND_US };
    expect(metered([at(0), at(19 * SECOND_US), at(40 * SECOND_US, 1)], options)[0]).toBe(
      '#0 reason 2 at 1.5 0..19000000000 2p',
    );
  });

  it('after a jump beyond the idle timeout nothing ends before the clock has moved on from there', () => {
    // One packet with a wrong time stamp does not end the other flow.
    expect(metered([at(0), at(9999 * SECOND_US, 1), at(SECOND_US), at(2 * SECOND_US)])).toEqual([
      '#0 reason 1 at Infinity 0..2000000000 3p',
      '#1 reason 4 at Infinity 9999000000000..9999000000000 1p',
    ]);
    expect(metered([at(0), at(9999 * SECOND_US, 1), at(SECOND_US), at(9999 * SECOND_US + TICK_US, 1)])[0]).toBe(
      '#0 reason 1 at 2.5 0..1000000000 2p',
    );
  });

  it('what is a jump does not depend on how packets fall into batches', () => {
    const options = { idleUs: SECOND_US, activeUs: 1800 * SECOND_US };
    // 0.25 s is no tick, yet the clock knows of it: from there it is less than the timeout.
    expect(metered([at(0), at(250_000, 1), at(1_240_000, 1), at(500_000)], options)).toEqual([
      '#0 reason 1 at 1.5 0..0 1p',
      '#1 reason 4 at Infinity 250000000..1240000000 2p',
      '#3 reason 4 at Infinity 500000000..500000000 1p',
    ]);
  });

  it('a packet that comes late can bring the active timeout forward', () => {
    const options = { idleUs: 100 * SECOND_US, activeUs: 60 * SECOND_US };
    const late = [at(100 * SECOND_US), at(50 * SECOND_US), at(105 * SECOND_US, 1), at(112 * SECOND_US, 1)];
    expect(metered([...late, at(109 * SECOND_US)], options)[0]).toBe('#0 reason 2 at 2.5 50000000000..100000000000 2p');
  });

  it('the clock moves without packets when someone moves it', () => {
    const meter = new TestMeter(OPTIONS);
    meter.process(new Capture([at(0)]).fill(0, 1));
    for (let s = 1; s <= 30; s++) meter.meter.advance(s * SECOND_US, 1);
    expect(meter.meter.cache.size).toBe(1);
    meter.meter.advance(31 * SECOND_US, 1);
    expect(meter.meter.cache.size).toBe(0);
    meter.meter.advance(SECOND_US, 1);
    meter.meter.deliver();
    expect(brief(meter.records)).toEqual(['#0 reason 1 at 0.5 0..0 1p']);
  });
});

describe('times', () => {
  it('run backwards: the start is the earliest, the end the latest', () => {
    const packets = [at(10 * SECOND_US), at(5 * SECOND_US), at(12 * SECOND_US), at(11 * SECOND_US)];
    expect(metered(packets)).toEqual(['#0 reason 4 at Infinity 5000000000..12000000000 4p']);
  });

  it('of the reverse direction begin with its earliest packet', () => {
    for (const times of [
      [3, 2],
      [2, 3],
      [3, 1],
      [9, 2, 4],
    ]) {
      const packets = [at(2 * SECOND_US), ...times.map((s) => back(at(s * SECOND_US)))];
      for (const split of splits) {
        const [record] = meterPackets(packets, OPTIONS, split);
        expect(record).toContain(` from ${Math.min(...times)}000000000`);
      }
    }
  });

  it('have nanoseconds, also when those of the first packets are 0', () => {
    expect(metered([ns(1, 0), ns(1, 5), ns(2, 999)])).toEqual(['#0 reason 4 at Infinity 1000..2999 3p']);
    expect(metered([ns(1, 5), ns(1, 0)])).toEqual(['#0 reason 4 at Infinity 1000..1005 2p']);
    const [record] = meterPackets([ns(1, 0), back(ns(1, 8)), back(ns(1, 3))], OPTIONS);
    expect(record).toContain('1000..1008');
    expect(record).toContain(' from 1003');
  });

  it.each([0, 2 ** 32 * SECOND_US, 2 ** 53 - 1])('may be %d µs', (us) => {
    const text = String(BigInt(us) * 1000n);
    expect(metered([at(us)])).toEqual([`#0 reason 4 at Infinity ${text}..${text} 1p`]);
  });
});

describe('the end of input', () => {
  it('is idle for what was idle for longer than the timeout, forced for the rest', () => {
    // After the jump nothing has moved the clock on, so only the end tells what was idle.
    expect(metered([at(0), at(1, 1), at(30 * SECOND_US + 1, 2)]).map((line) => line.slice(0, 11))).toEqual([
      '#0 reason 1',
      '#1 reason 4',
      '#2 reason 4',
    ]);
  });

  it('comes in blocks that are no larger than the exporter was told, and in order', () => {
    const packets = Array.from({ length: 2000 }, (_, i) => at(0, i % 1999));
    const capture = new Capture(packets);
    const sizes: number[] = [];
    const firsts: string[] = [];
    const meter = new TestMeter(OPTIONS);
    meter.delivered = (closed) => {
      sizes.push(closed.count);
      if (closed.count > closed.capacity) expect.fail('more rows than there is room for');
    };
    for (let from = 0; from < 2000; from += 250) meter.process(capture.fill(from, from + 250));
    for (const record of meter.finish()) firsts.push(record.split(' ')[0]);
    expect(firsts).toEqual(Array.from({ length: 1999 }, (_, i) => `#${i}`));
    expect(sizes.reduce((sum, n) => sum + n)).toBe(1999);
  });
});

describe('a TCP flow', () => {
  const tcp = (flags: number): Packet => ({ ...at(0), protocol: TCP, flags });

  it('begins anew with any packet after the end of the connection', () => {
    const packets = [tcp(0x02), back(tcp(0x14)), back(tcp(0x14)), tcp(0x10)];
    expect(metered(packets)).toEqual([
      '#0 reason 3 at 1 0..0 1p',
      '#2 reason 3 at 2 0..0 1p',
      '#3 reason 4 at Infinity 0..0 1p',
    ]);
  });

  it('is not split by a second SYN', () => {
    expect(metered([tcp(0x02), tcp(0x02), back(tcp(0x12))])).toHaveLength(1);
  });

  it('ends with the packet that ends it and with the one that trips a timeout, both in one batch', () => {
    const reset = { ...tcp(0x04), timeUs: 31 * SECOND_US };
    expect(metered([tcp(0x02), reset, reset])).toEqual([
      '#0 reason 1 at 1 0..0 1p',
      '#1 reason 3 at 1 31000000000..31000000000 1p',
      '#2 reason 3 at 2 31000000000..31000000000 1p',
    ]);
  });
});

describe('counters', () => {
  /** Meters `more` packets in batches of 256 after the counters of the flow of the first were set. */
  function nearlyFull(packets: number, more: readonly Packet[]): string[] {
    const capture = new Capture([at(0), back(at(0)), ...more]);
    const meter = new TestMeter(OPTIONS);
    meter.process(capture.fill(0, 2));
    const f = meter.decoded.flow[0] >>> 1;
    const { words, floats } = meter.meter.cache;
    words[(f << Record.Shift) | W.Packets] = packets;
    floats[(f << Record.FloatShift) | F.Octets] = packets * 48;
    for (let from = 2; from < capture.length; from += 256) {
      meter.process(capture.fill(from, Math.min(capture.length, from + 256)));
    }
    return meter.finish();
  }

  it('end their flow with reason 2 before they overflow, and lose nothing', () => {
    const records = nearlyFull(
      0xffff_0000 - 300,
      Array.from({ length: 1000 }, () => at(0)),
    );
    expect(records).toHaveLength(2);
    const packets = records.map((record) => Number(/ (\d+)p /.exec(record)?.[1]));
    const octets = records.map((record) => Number(/ (\d+)o /.exec(record)?.[1]));
    expect(packets[0] + packets[1]).toBe(0xffff_0000 - 300 + 1000);
    expect(octets[0] + octets[1]).toBe(48 * (0xffff_0000 - 300 + 1000));
    expect(packets[0]).toBeLessThan(2 ** 32);
    expect(records[0]).toContain(' reason 2 ');
  });

  it('end it where it ended in the sequence of packets, so that records keep their order', () => {
    const [record] = nearlyFull(
      0xffff_0000 - 1,
      Array.from({ length: 4 }, () => at(0)),
    );
    const position = Number(/ at (\S+) /.exec(record)?.[1]);
    expect(position).toBeGreaterThanOrEqual(2);
    expect(position).toBeLessThanOrEqual(5);
  });

  it('hold octets beyond 32 bits', () => {
    const packets = Array.from({ length: 70_000 }, () => 0);
    expect(packets.length * 65_000).toBeGreaterThan(2 ** 32);
    const big = new Capture(Array.from({ length: 250 }, () => at(0, 0, { payload: 64_972 })));
    const meter = new TestMeter(OPTIONS);
    for (let round = 0; round < 280; round++) meter.process(big.fill(0, 250));
    expect(meter.finish()[0]).toContain(` ${280 * 250}p ${280 * 250 * 65_000}o `);
  });
});

describe('further meters', () => {
  it('are told of the first packet of each direction of each flow, once, whatever else happens in the batch', () => {
    const packets = [
      at(0),
      back(at(0, 1)),
      at(0),
      back(at(0)),
      at(0, 1),
      back(at(0)),
      at(10 * SECOND_US),
      back(at(10 * SECOND_US)),
      at(41 * SECOND_US, 5),
      at(41 * SECOND_US),
    ];
    const expected = ['0 forward', '1 forward', '3 reverse', '4 reverse', '8 forward', '9 forward'];
    for (const split of splits) {
      const told: string[] = [];
      const seen: number[] = [];
      const meter: Meter = {
        name: 'witness',
        words: 3,
        fields: [],
        update(batch, from, to, store, offset) {
          expect(offset).toBe(6);
          expect(store.extensionWords % 2).toBe(0);
          for (let k = from; k < to; k++) seen.push(batch.firstNumber + batch.row[k]);
          for (let j = 0; j < batch.firsts; j++) {
            const k = batch.first[j];
            if (k < from || k >= to) expect.fail(`row ${k} is not between ${from} and ${to}`);
            told.push(`${batch.firstNumber + batch.row[k]} ${batch.flow[k] & 1 ? 'reverse' : 'forward'}`);
          }
        },
      };
      const test = new TestMeter({ ...OPTIONS, meters: [meter] });
      const capture = new Capture(packets);
      for (let from = 0, n = 0; from < packets.length; n++) {
        const to = Math.min(packets.length, from + split[n % split.length]);
        test.process(capture.fill(from, to));
        from = to;
      }
      expect(told).toEqual(expected);
      expect(seen).toEqual(packets.map((_, i) => i));
    }
  });

  it('may be none', () => {
    const timeouts = { idleTimeoutUs: 1, activeTimeoutUs: 1 };
    const meter = new FlowMeter(
      { ...timeouts, maxFlows: 1, batchCapacity: 1, seed: createHashSeed(1), meters: [] },
      () => undefined,
    );
    expect(meter.offsets).toEqual([]);
  });
});
