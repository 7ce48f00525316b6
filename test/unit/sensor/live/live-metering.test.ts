import { describe, expect, it } from 'vitest';

import { PacketBatch } from '../../../../src/capture/packet-batch.js';
import { createDecodeSettings } from '../../../../src/decode/decode-settings.js';
import { EndReason, Extension, F, Record, State, W } from '../../../../src/flow/flow-record.js';
import { LiveMetering } from '../../../../src/sensor/live/live-metering.js';
import { frameOf, PACKET, type Packet } from '../../../support/traffic.js';

const START_US = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const IDLE_S = 30;
const ACTIVE_S = 1_800;

interface Ended {
  readonly port: number;
  readonly reason: number;
  readonly start: number;
  readonly end: number;
  readonly packets: number;
}

/** A live metering with clocks that the test sets: seconds since the start of the test. */
class Sensor {
  readonly ended: Ended[] = [];
  readonly metering: LiveMetering;
  /** What the wall clock is ahead of the monotonic one, µs beyond the start. */
  wallOffsetUs = 0;

  constructor(mostLooks = (): number => Infinity, maxFlows = 1_000) {
    this.metering = new LiveMetering(
      {
        decode: createDecodeSettings(),
        idleTimeoutUs: IDLE_S * SECOND,
        activeTimeoutUs: ACTIVE_S * SECOND,
        maxFlows,
        firstNumber: 0,
        dedupUs: 0,
        nanoseconds: false,
        dpi: null,
        payload: null,
      },
      (closed) => {
        for (let row = 0; row < closed.count; row++) {
          const r = row * closed.stride;
          this.ended.push({
            port: closed.words[r + W.Ports] >>> 16,
            reason: (closed.words[r + W.State] & State.Closed) >>> State.EndReasonShift,
            start: (closed.floats[r / 2 + F.Start] - START_US) / SECOND,
            end: (closed.floats[r / 2 + F.End] - START_US) / SECOND,
            packets: closed.words[r + W.Packets],
          });
        }
      },
      null,
      mostLooks,
    );
  }

  /** The clocks are read at `seconds`. */
  tick(seconds: number): void {
    const ms = seconds * 1_000;
    this.metering.tick(ms, ms + (START_US + this.wallOffsetUs) / 1_000, ms);
  }

  /** A batch read at `seconds`; each packet of a port, stamped then unless it says another moment (seconds of monotonic time) or clock. */
  packets(seconds: number, list: readonly { port: number; at?: number; offsetUs?: number }[]): void {
    const frames = list.map(({ port }) => frameOf({ ...PACKET, sourcePort: port } satisfies Packet));
    const batch = new PacketBatch();
    batch.attach(Buffer.concat(frames));
    let offset = 0;
    frames.forEach((frame, i) => {
      const { at = seconds, offsetUs = this.wallOffsetUs } = list[i];
      batch.offset[i] = offset;
      batch.captured[i] = frame.length;
      batch.wire[i] = frame.length;
      batch.timeUs[i] = START_US + Math.round(at * SECOND) + offsetUs;
      batch.link[i] = 1;
      offset += frame.length;
    });
    batch.count = frames.length;
    batch.latestUs = Math.max(...batch.timeUs.subarray(0, batch.count));
    // As a worker does.
    if (this.metering.isOutOfTime(batch, seconds * 1_000)) this.tick(seconds);
    this.metering.process(batch, seconds * 1_000);
  }

  /** Nothing comes until `to`: looked at ten times a second. */
  silence(from: number, to: number): void {
    for (let n = Math.ceil(from * 10); n <= to * 10; n++) {
      this.tick(n / 10);
      this.metering.silence(n * 100);
      this.metering.meter.deliver();
    }
  }

  get live(): number {
    return this.metering.meter.cache.size;
  }
}

describe('a silent wire', () => {
  it('ends an idle flow within a second of its time, and not before', () => {
    const sensor = new Sensor();
    sensor.packets(0, [{ port: 1 }]);
    sensor.packets(10, [{ port: 2 }]);
    sensor.silence(10, 30);
    expect(sensor.ended).toEqual([]);
    sensor.silence(30, 31);
    expect(sensor.ended).toEqual([{ port: 1, reason: EndReason.Idle, start: 0, end: 0, packets: 1 }]);
    sensor.silence(31, 40);
    expect(sensor.ended).toHaveLength(1);
    sensor.silence(40, 41);
    expect(sensor.ended.map(({ port }) => port)).toEqual([1, 2]);
    expect(sensor.live).toBe(0);
  });

  it('does not end flows whose packets wait to be read after the process had been stopped', () => {
    const sensor = new Sensor();
    sensor.packets(0, [{ port: 1 }]);
    sensor.silence(0, 20);
    // Stopped from 20 s to 50 s; a packet came at 25 s and is read now.
    sensor.packets(50, [{ port: 1, at: 25 }]);
    expect(sensor.ended).toEqual([]);
    sensor.silence(50, 54);
    expect(sensor.ended).toEqual([]);
    sensor.silence(54, 57);
    expect(sensor.ended).toEqual([{ port: 1, reason: EndReason.Idle, start: 0, end: 25, packets: 2 }]);
  });

  it('tells how late timeouts are', () => {
    const sensor = new Sensor();
    expect(sensor.metering.latenessMs(1_000)).toBe(0);
    sensor.packets(1, [{ port: 1 }]);
    expect(sensor.metering.latenessMs(1_000)).toBeCloseTo(0, 1);
    expect(sensor.metering.latenessMs(3_000)).toBeCloseTo(2_000, 1);
    sensor.silence(1, 3);
    expect(sensor.metering.latenessMs(3_000)).toBeLessThan(600);
  });
});

describe('flows that are due by the thousand at one moment', () => {
  const FLOWS = 20_000;
  const LOOKS = 1_024;

  function withFlows(mostLooks: () => number): Sensor {
    const sensor = new Sensor(mostLooks, 2 * FLOWS);
    for (let port = 1; port <= FLOWS; port += 200) {
      sensor.packets(
        0,
        Array.from({ length: 200 }, (_, n) => ({ port: port + n })),
      );
    }
    return sensor;
  }

  it('end in parts, between which metering goes on, with the same records', () => {
    const whole = withFlows(() => Infinity);
    const parts = withFlows(() => LOOKS);
    for (const seconds of [29, 31]) for (const { metering } of [whole, parts]) metering.silence(seconds * 1_000);
    expect(whole.live).toBe(0);
    expect(parts.live).toBe(FLOWS - LOOKS);
    expect(parts.metering.latenessMs(31_000)).toBeGreaterThan(whole.metering.latenessMs(31_000));
    let turns = 1;
    for (let before = parts.live; parts.metering.catchUp(); before = parts.live) {
      expect(before - parts.live).toBeLessThanOrEqual(LOOKS);
      turns++;
    }
    expect(turns).toBeGreaterThanOrEqual(Math.floor(FLOWS / LOOKS));
    expect(parts.metering.latenessMs(31_000)).toBe(whole.metering.latenessMs(31_000));
    for (const { metering } of [whole, parts]) metering.meter.deliver();
    const byPort = (a: Ended, b: Ended): number => a.port - b.port;
    expect(parts.ended.sort(byPort)).toEqual(whole.ended.sort(byPort));
    expect(parts.ended).toHaveLength(FLOWS);
  });

  it('stay live while there is no room for them, end all the same when a packet comes, and end when there is room', () => {
    let looks = 0;
    const sensor = withFlows(() => looks);
    sensor.silence(0, 60);
    expect(sensor.ended).toEqual([]);
    expect(sensor.metering.latenessMs(60_000)).toBeGreaterThan(29_000);
    sensor.packets(60, [{ port: 5 }]);
    sensor.metering.meter.deliver();
    expect(sensor.ended).toEqual([{ port: 5, reason: EndReason.Idle, start: 0, end: 0, packets: 1 }]);
    looks = Infinity;
    expect(sensor.metering.catchUp()).toBe(false);
    sensor.metering.meter.deliver();
    expect(sensor.ended).toHaveLength(FLOWS);
    expect(sensor.live).toBe(1);
  });

  it('keep their times when timeouts change meanwhile', () => {
    let looks = LOOKS;
    const sensor = withFlows(() => looks);
    sensor.metering.silence(29_000);
    sensor.metering.silence(31_000);
    looks = 0;
    sensor.metering.setTimeouts(40 * SECOND, ACTIVE_S * SECOND);
    looks = Infinity;
    sensor.silence(31, 39.9);
    expect(sensor.live).toBe(FLOWS - LOOKS);
    sensor.silence(39.9, 41);
    expect(sensor.live).toBe(0);
    expect(sensor.ended).toHaveLength(FLOWS);
  });
});

describe.each([3_600, -3_600])('a wall clock that is set by %d s', (step) => {
  const stepUs = step * SECOND;

  it('ends no flow, and keeps the ages of flows right', () => {
    const sensor = new Sensor();
    sensor.tick(0);
    sensor.packets(0, [{ port: 1 }]);
    sensor.packets(5, [{ port: 2 }]);
    sensor.tick(6);
    sensor.wallOffsetUs = stepUs;
    sensor.tick(7);
    sensor.packets(8, [{ port: 2 }]);
    for (let s = 9; s < 20; s++) {
      sensor.tick(s);
      sensor.packets(s, [{ port: 2 }]);
    }
    expect(sensor.ended).toEqual([]);
    expect(sensor.metering.clockSteps).toBe(1);
    sensor.silence(20, 52);
    expect(sensor.ended).toEqual([
      { port: 1, reason: EndReason.Idle, start: step, end: step, packets: 1 },
      { port: 2, reason: EndReason.Idle, start: step + 5, end: step + 19, packets: 13 },
    ]);
  });

  it('is followed within a batch, at the packet that first has the new time', () => {
    const sensor = new Sensor();
    sensor.tick(0);
    sensor.packets(0, [{ port: 1 }]);
    sensor.wallOffsetUs = stepUs;
    sensor.tick(4);
    sensor.packets(5, [
      { port: 1, at: 3, offsetUs: 0 },
      { port: 2, at: 3.5, offsetUs: 0 },
      { port: 2, at: 4 },
      { port: 3, at: 4.5 },
    ]);
    sensor.silence(5, 40);
    expect(sensor.ended.map(({ port, start, end, packets }) => [port, start, end, packets])).toEqual([
      [1, step, step + 3, 2],
      [2, step + 3.5, step + 4, 2],
      [3, step + 4.5, step + 4.5, 1],
    ]);
  });

  it('is followed when packets show it before the clocks are looked at', () => {
    const sensor = new Sensor();
    sensor.tick(0);
    sensor.packets(0, [{ port: 1 }, { port: 2 }]);
    sensor.packets(0.9, [{ port: 2 }]);
    sensor.wallOffsetUs = stepUs;
    sensor.packets(0.95, [{ port: 2, at: 0.92, offsetUs: 0 }, { port: 2 }]);
    expect(sensor.metering.clockSteps).toBe(1);
    sensor.tick(1);
    sensor.packets(1, [{ port: 2 }]);
    expect({ ended: sensor.ended, steps: sensor.metering.clockSteps }).toEqual({ ended: [], steps: 1 });
    sensor.silence(1, 40);
    expect(sensor.ended.map(({ port, start, packets }) => [port, start, packets])).toEqual([
      [1, step, 1],
      [2, step, 5],
    ]);
  });

  it('is no matter for packets that another clock stamps', () => {
    const sensor = new Sensor();
    sensor.tick(0);
    sensor.packets(0, [{ port: 1, offsetUs: 0 }]);
    sensor.wallOffsetUs = stepUs;
    for (let s = 1; s < 25; s++) {
      sensor.tick(s);
      sensor.packets(s, [{ port: 2, offsetUs: 0 }]);
    }
    expect(sensor.metering.clockSteps).toBe(0);
    sensor.silence(25, 60);
    expect(sensor.ended.map(({ port, end }) => [port, end])).toEqual([
      [1, 0],
      [2, 24],
    ]);
  });
});

it('takes shorter and longer timeouts over for flows that are live', () => {
  const sensor = new Sensor();
  sensor.packets(0, [{ port: 1 }]);
  sensor.metering.setTimeouts(5 * SECOND, ACTIVE_S * SECOND);
  sensor.silence(0, 5);
  expect(sensor.ended).toEqual([]);
  sensor.silence(5, 6);
  expect(sensor.ended).toHaveLength(1);
  sensor.packets(6, [{ port: 2 }]);
  sensor.metering.setTimeouts(60 * SECOND, ACTIVE_S * SECOND);
  sensor.silence(6, 65);
  expect(sensor.ended).toHaveLength(1);
  sensor.silence(65, 67);
  expect(sensor.ended).toHaveLength(2);
});

it('ends flows part by part in a flush, those that began before it, and goes on', () => {
  const sensor = new Sensor();
  sensor.packets(
    0,
    Array.from({ length: 100 }, (_, n) => ({ port: n + 1 })),
  );
  const { meter, number } = sensor.metering;
  expect(number).toBe(100);
  expect(meter.flushPart(1, 41, number)).toBe(40);
  sensor.packets(1, [{ port: 500 }]);
  expect(meter.flushPart(41, meter.cache.used, number)).toBe(60);
  meter.deliver();
  expect(sensor.live).toBe(1);
  expect(new Set(sensor.ended.map(({ reason }) => reason))).toEqual(new Set([EndReason.Forced]));
  expect(sensor.ended.map(({ port }) => port).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, n) => n + 1),
  );
  sensor.packets(2, [{ port: 1 }]);
  expect(sensor.live).toBe(2);
});

it('copies live flows without ending them', () => {
  const sensor = new Sensor();
  sensor.packets(0, [{ port: 7 }, { port: 8 }, { port: 7 }]);
  const { meter } = sensor.metering;
  const { closed } = meter;
  expect([0, 1, 2, 3].map((flow) => meter.copyLive(flow, closed, 0))).toEqual([false, true, true, false]);
  expect(closed.words[W.Ports] >>> 16).toBe(8);
  expect(closed.floats[Record.Words / 2 + Extension.FirstNumber]).toBe(1);
  expect(sensor.live).toBe(2);
});
