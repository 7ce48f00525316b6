import { describe, expect, it } from 'vitest';

import { ExporterUptime } from '../../../../src/export/netflow/exporter-uptime.js';
import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';
import { Netflow9Messages } from '../../../../src/export/netflow/netflow9-messages.js';
import { Netflow9Reader, type NetflowHeader } from '../../../support/netflow-reader.js';
import { closedRecords, FLOW, type FlowDescription } from '../closed-records.js';
import { collecting } from '../netflow-flows.js';
import { STATISTICS } from '../statistics.js';

const NOW_MS = 1_700_000_000_000;
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RANGE_MS = 2 ** 32;

function flow(startMs: number, endMs: number): FlowDescription {
  return {
    ...FLOW,
    end: { us: endMs * 1000, ns: 0 },
    forward: { ...FLOW.forward, start: { us: startMs * 1000, ns: 0 } },
  };
}

interface Told {
  readonly header: NetflowHeader;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a reader makes of the flows' times that knows no wrapping around. */
function exporter(): {
  clock: { ms: number };
  write: (...flows: FlowDescription[]) => void;
  /** All that was written since, in order. */
  told: () => Told[];
  headers: NetflowHeader[];
  netflow: Netflow9Messages;
} {
  const clock = { ms: NOW_MS };
  const { encoder, messages } = collecting(
    (sink) => new Netflow9Messages(flowFields(), { clock: () => clock.ms }, sink),
  );
  const reader = new Netflow9Reader();
  const headers: NetflowHeader[] = [];
  return {
    clock,
    headers,
    netflow: encoder,
    write: (...flows) => encoder.write(closedRecords(flows)),
    told: () => {
      encoder.flush();
      return messages.splice(0).flatMap(({ octets, kind }) => {
        const { header, records } = reader.read(octets);
        headers.push(header);
        if (kind !== MessageKind.Data) return [];
        const epochMs = header.seconds * 1000 - header.uptimeMs;
        return records.map(({ values }) => ({
          header,
          startMs: epochMs + (values.get(22)?.readUInt32BE(0) ?? NaN),
          endMs: epochMs + (values.get(21)?.readUInt32BE(0) ?? NaN),
        }));
      });
    },
  };
}

describe('the clock of NetFlow exporters', () => {
  it('is the wall clock, rounded up to whole seconds, and never before the flows', () => {
    const { clock, write, told } = exporter();
    write(flow(NOW_MS - 5, NOW_MS));
    clock.ms += 1;
    expect(told().map(({ header }) => header.seconds)).toEqual([NOW_MS / SECOND_MS + 1]);
    // Packets whose clock is ahead.
    write(flow(NOW_MS - 5, NOW_MS + 3500));
    expect(told().map(({ header, endMs }) => [header.seconds, endMs])).toEqual([
      [NOW_MS / SECOND_MS + 4, NOW_MS + 3500],
    ]);
  });

  it('goes on right for years, beginning anew before sysUptime wraps around', () => {
    const { clock, write, told, headers } = exporter();
    let restarts = 0;
    let before = 0;
    for (let day = 0; day < 3 * 365; day++) {
      clock.ms = NOW_MS + day * DAY_MS + 7;
      const [startMs, endMs] = [clock.ms - 30 * 60_000, clock.ms - 1];
      write(flow(startMs, endMs));
      const [{ header, ...times }] = told();
      expect(times).toEqual({ startMs, endMs });
      expect(header.seconds).toBe(Math.ceil(clock.ms / 1000));
      if (header.uptimeMs < before) restarts++;
      before = header.uptimeMs;
    }
    expect(restarts).toBe(Math.floor((3 * 365) / 48));
    expect(headers.every(({ uptimeMs }) => uptimeMs < RANGE_MS)).toBe(true);
  });

  it('goes on for years without any flow', () => {
    const { clock, netflow, told, headers } = exporter();
    for (let day = 0; day < 400; day += 10) {
      clock.ms = NOW_MS + day * DAY_MS;
      netflow.announce();
      netflow.options(STATISTICS, { messages: 1, octets: 100 });
      told();
      expect(new Set(headers.splice(0).map(({ seconds }) => seconds * 1000))).toEqual(new Set([clock.ms]));
    }
  });

  it('is that of the packets when they are older than a day', () => {
    const { write, told } = exporter();
    const oldMs = Date.UTC(2009, 3, 1) + 123;
    write(flow(oldMs, oldMs + 10), flow(oldMs - 60_000, oldMs + 70_001));
    write(flow(oldMs + 90_000, oldMs + 90_000));
    const records = told();
    expect(records.map(({ startMs, endMs }) => [startMs - oldMs, endMs - oldMs])).toEqual([
      [0, 10],
      [-60_000, 70_001],
      [90_000, 90_000],
    ]);
    expect(records[0].header.seconds).toBe(Math.ceil((oldMs + 90_000) / 1000));
    expect(records[0].header.uptimeMs).toBeGreaterThan(DAY_MS);
  });

  it('tells flows of one block that are years apart, each in a message of its time', () => {
    const { write, told, netflow } = exporter();
    const times = [0, 40, 12, 1e4, 9e3, 9e3 + 1, 0].map((days) => Date.UTC(1990, 0, 1) + days * DAY_MS);
    write(...times.map((ms) => flow(ms, ms + 999)));
    expect(told().map(({ startMs, endMs }) => [startMs, endMs - 999])).toEqual(times.map((ms) => [ms, ms]));
    expect(netflow.cut).toBe(0);
  });

  it('moves the start of a flow that is longer than sysUptime can tell, and counts it', () => {
    const { write, told, netflow } = exporter();
    const startMs = Date.UTC(2020, 0, 1);
    const endMs = startMs + 100 * DAY_MS;
    write(flow(startMs, endMs), flow(endMs - HOUR_MS, endMs));
    const [long, short] = told();
    expect(long.endMs).toBe(endMs);
    expect(long.startMs).toBeGreaterThan(endMs - RANGE_MS);
    expect([short.startMs, short.endMs]).toEqual([endMs - HOUR_MS, endMs]);
    expect(netflow.cut).toBe(1);
  });

  it('has times from 1970 on', () => {
    const { write, told } = exporter();
    write(flow(0, 0), flow(1, HOUR_MS));
    expect(told().map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 0],
      [1, HOUR_MS],
    ]);
    expect(new ExporterUptime(() => 0).exportTimeMs()).toBe(0);
  });
});
