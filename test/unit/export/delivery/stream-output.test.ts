import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { REAL_SURROUNDINGS } from '../../../../src/export/delivery/surroundings.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { STATISTICS } from '../statistics.js';
import { StreamSink, until } from '../../../support/stream-sink.js';
import {
  expectBalanced,
  expectSound,
  flowNumbers,
  local,
  numbersOf,
  openOutput,
  range,
  writeFlows,
} from './network.js';

async function startSink(): Promise<StreamSink> {
  const sink = await StreamSink.start();
  onTestFinished(() => sink.kill());
  return sink;
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-spool-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Waits until a number has not changed for a while. */
async function untilStill(number: () => number): Promise<void> {
  let last = NaN;
  let sinceMs = performance.now();
  await until(() => {
    if (number() !== last) sinceMs = performance.now();
    last = number();
    return performance.now() - sinceMs > 300;
  }, 'a standstill');
}

/** Without what came more than once. */
function once(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const FLOWS = 20_000;

describe('an output over TCP', () => {
  it('sends Templates first, all records in order, and the statistics', async () => {
    const sink = await startSink();
    const { output, told } = openOutput({ transport: 'tcp', peers: [local(sink.port)] });
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect(sink.sessions).toHaveLength(1);
    const result = readMessages(sink.sessions[0]);
    expectSound(result);
    expect(numbersOf(result)).toEqual(range(FLOWS));
    expect(result.counters.optionsRecords).toBeGreaterThan(1);
    const statistics = result.records.find((record) => 'flowTablePeakCount' in record);
    expect(statistics).toMatchObject({ exportedFlowRecordTotalCount: FLOWS });
    expect(output.counts()).toMatchObject({
      offered: FLOWS,
      exported: FLOWS,
      queuedRecords: 0,
      repeated: 0,
      errors: 0,
      reconnects: 0,
      shortened: 0,
      octets: sink.octets,
      messages: result.counters.messages,
    });
    expectBalanced(output);
    expect(output.error).toBeNull();
    expect(told).toEqual([]);
  });

  it('waits for a peer that is not there at the start', async () => {
    const sink = await startSink();
    await sink.kill();
    const { output, told } = openOutput({ transport: 'tcp', peers: [local(sink.port)] });
    writeFlows(output, 0, FLOWS);
    await until(() => output.counts().errors > 0, 'the first fault');
    expect(output.isUp).toBe(false);
    expect(output.isFull).toBe(false);
    expect(output.counts()).toMatchObject({ offered: FLOWS, exported: 0 });
    expectBalanced(output);
    await sink.start();
    await output.finish(STATISTICS);
    expect(flowNumbers(sink.sessions[0])).toEqual(range(FLOWS));
    expect(output.counts()).toMatchObject({ exported: FLOWS, repeated: 0 });
    expect(told[0]).toBe(`${output.name}: cannot connect: connection refused (ECONNREFUSED)`);
    expect(told.at(-1)).toMatch(/: connected; \d+ records wait in memory$/);
    expectBalanced(output);
  });

  it('says what was lost when the peer never comes', async () => {
    const sink = await startSink();
    await sink.kill();
    const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)], lingerMs: 100 });
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect(output.counts()).toMatchObject({
      offered: FLOWS,
      exported: 0,
      queuedRecords: 0,
      spooledRecords: 0,
      notSent: { failed: FLOWS },
    });
    expect(output.error?.message).toContain(`${FLOWS} records were not sent; the last fault: `);
    expectBalanced(output);
  });

  it('ends with every record at a peer that was killed midway', async () => {
    const sink = await startSink();
    const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)] });
    writeFlows(output, 0, FLOWS);
    output.tick(Date.now());
    await until(() => sink.octets > 100_000, 'some records');
    await sink.kill();
    writeFlows(output, FLOWS, FLOWS);
    await until(() => !output.isUp, 'the loss to be seen');
    expectBalanced(output);
    await sink.start();
    writeFlows(output, 2 * FLOWS, FLOWS);
    await output.finish(STATISTICS);
    expectBalanced(output);
    const { exported, repeated, reconnects } = output.counts();
    // The last message of the connection that was broken off may be cut.
    const received = sink.sessions.map((octets) => readMessages(octets));
    for (const { counters } of received) expect(counters).toMatchObject({ sequenceGaps: 0, setsWithoutTemplate: 0 });
    const numbers = received.flatMap((result) => numbersOf(result));
    expect(once(numbers)).toEqual(range(3 * FLOWS));
    expect(exported).toBe(3 * FLOWS);
    expect(reconnects).toBeGreaterThan(0);
    expect(repeated).toBeGreaterThanOrEqual(numbers.length - 3 * FLOWS);
    expect(output.error).toBeNull();
  });

  it('tells each session the names that stand in front of all flows, those known since included', async () => {
    const sink = await startSink();
    const interfaces = [{ number: 1, name: 'lan0', description: '' }];
    const applications = [{ id: Uint8Array.of(6, 0, 0, 80), name: 'http' }];
    const knowledge = { interfaces: () => interfaces, applications: () => applications };
    const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)] }, { knowledge });
    writeFlows(output, 0, 100);
    output.tick(Date.now());
    await until(() => sink.octets > 5_000, 'the first session');
    await sink.kill();
    interfaces.push({ number: 2, name: 'wan0', description: '' });
    writeFlows(output, 100, 100);
    await until(() => !output.isUp, 'the loss to be seen');
    await sink.start();
    await until(() => sink.sessions.length > 1 && output.isUp, 'the second session');
    await output.finish(STATISTICS);
    const [first, second] = [sink.sessions[0], sink.sessions.at(-1)!].map((octets) => readMessages(octets).records);
    /** What stands in front of the first flow. */
    const front = (records: readonly Record<string, unknown>[], element: string): unknown[] =>
      records
        .slice(
          0,
          records.findIndex((record) => 'flowEndReason' in record),
        )
        .flatMap((record) => (element in record ? [record[element]] : []));
    expect(front(first, 'interfaceName')).toEqual(['lan0']);
    expect(front(second, 'interfaceName')).toEqual(['lan0', 'wan0']);
    for (const records of [first, second]) {
      expect(front(records, 'applicationName')).toEqual(['http']);
      expect(front(records, 'informationElementName').length).toBeGreaterThan(5);
    }
    expect(numbersOf(readMessages(sink.sessions.at(-1)!))).toContain(199);
    expectBalanced(output);
  });

  it('spools while a peer does not read, and never waits', async () => {
    const sink = await startSink();
    sink.isReading = false;
    const queueOctets = 200_000;
    const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)], queueOctets });
    await until(() => output.isUp, 'the connection');
    // More than the socket buffers of both sides hold.
    const many = 200_000;
    let sent = 0;
    await until(() => {
      if (sent < many) writeFlows(output, sent, 10_000);
      sent = Math.min(many, sent + 10_000);
      expect(output.isFull).toBe(false);
      return sent === many && output.counts().spooledRecords > 0;
    }, 'the spool');
    expect(output.counts().queuedOctets).toBeLessThanOrEqual(5_000_000);
    expectBalanced(output);
    sink.read(true);
    await output.finish(STATISTICS);
    expect(flowNumbers(sink.sessions[0])).toEqual(range(many));
    expectBalanced(output);
  });

  it('sends again what a peer had not read that stood still for longer than records are kept', async () => {
    const sink = await startSink();
    sink.isReading = false;
    let aheadMs = 0;
    const { output } = openOutput({
      transport: 'tcp',
      peers: [local(sink.port)],
      surroundings: { ...REAL_SURROUNDINGS, now: () => performance.now() + aheadMs },
    });
    await until(() => output.isUp, 'the connection');
    const many = 150_000;
    for (let n = 0; n < many; n += 10_000) writeFlows(output, n, 10_000);
    await untilStill(() => output.counts().octets);
    aheadMs = 3_600_000;
    output.tick(3_600_000);
    await sink.kill();
    sink.isReading = true;
    await sink.start();
    await output.finish(STATISTICS);
    expect(once(sink.sessions.flatMap((octets) => numbersOf(readMessages(octets))))).toEqual(range(many));
    expect(output.counts()).toMatchObject({ exported: many });
    expectBalanced(output);
  });

  it('drops the oldest of a full spool, and counts', async () => {
    const sink = await startSink();
    await sink.kill();
    const spoolOctets = 1_048_576;
    const { output } = openOutput({ transport: 'tcp', peers: [local(sink.port)], queueOctets: 100_000, spoolOctets });
    const many = 60_000;
    writeFlows(output, 0, many);
    const { notSent, spooledOctets } = output.counts();
    expect(notSent.spoolFull).toBeGreaterThan(0);
    expect(spooledOctets).toBeLessThanOrEqual(spoolOctets);
    expectBalanced(output);
    await sink.start();
    await output.finish(STATISTICS);
    const numbers = flowNumbers(sink.sessions[0]);
    expect(numbers).toHaveLength(many - notSent.spoolFull);
    expect(numbers.at(-1)).toBe(many - 1);
    expect(output.counts()).toMatchObject({ exported: numbers.length, notSent });
    expect(output.error?.message).toContain(`${notSent.spoolFull} records were not sent`);
    expectBalanced(output);
  });

  it('keeps what was not sent for the next run', async () => {
    const spoolFolder = temporaryFolder();
    const sink = await startSink();
    await sink.kill();
    const options = { transport: 'tcp', peers: [local(sink.port)], spoolFolder, queueOctets: 100_000 } as const;
    const first = openOutput({ ...options, lingerMs: 50 });
    writeFlows(first.output, 0, FLOWS);
    await first.output.finish(STATISTICS);
    expect(first.output.counts()).toMatchObject({ offered: FLOWS, spooledRecords: FLOWS, exported: 0 });
    expect(first.told.at(-1)).toBe(`${first.output.name}: ${FLOWS} records wait in the spool for the next run`);
    expect(first.output.error).toBeNull();
    expectBalanced(first.output);

    await sink.start();
    const second = openOutput(options);
    // Other Templates come first in this run.
    writeFlows(second.output, FLOWS + 2, FLOWS);
    await second.output.finish(STATISTICS);
    expect(second.output.counts()).toMatchObject({ offered: 2 * FLOWS, exported: 2 * FLOWS, repeated: 0 });
    expectBalanced(second.output);
    // Templates of two runs do not meet in one session.
    expect(sink.sessions).toHaveLength(2);
    expect(flowNumbers(sink.sessions[0])).toEqual(range(FLOWS));
    // Nor does one begin without what stands in front of all flows.
    for (const session of sink.sessions) {
      const { records } = readMessages(session);
      expect(records.findIndex((record) => 'selectorId' in record)).toBeLessThan(
        records.findIndex((record) => 'flowEndReason' in record),
      );
      expect(records.some((record) => 'selectorId' in record)).toBe(true);
    }
    expect(flowNumbers(sink.sessions[1])).toEqual(range(FLOWS).map((n) => n + FLOWS + 2));
    const left = fs.readdirSync(spoolFolder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  it('does not share the folder of a spool with another process', async () => {
    const spoolFolder = temporaryFolder();
    const sink = await startSink();
    const options = { transport: 'tcp', peers: [local(sink.port)], spoolFolder } as const;
    const { output } = openOutput(options);
    expect(() => openOutput(options)).toThrow(`is in use by process ${process.pid}`);
    await output.finish(STATISTICS);
    const again = openOutput(options);
    await again.output.finish(STATISTICS);
  });
});

describe('several peers', () => {
  it('are used in turn: the next when the first is away, the first when it is back', async () => {
    const [first, second] = [await startSink(), await startSink()];
    const { output } = openOutput({ transport: 'tcp', peers: [local(first.port), local(second.port)] });
    writeFlows(output, 0, FLOWS);
    await until(() => first.octets > 100_000, 'records at the first');
    await first.kill();
    await until(() => second.sessions.length === 1, 'the second');
    writeFlows(output, FLOWS, FLOWS);
    await first.start();
    await until(() => first.sessions.length === 2, 'the first again');
    writeFlows(output, 2 * FLOWS, FLOWS);
    await output.finish(STATISTICS);
    const last = flowNumbers(first.sessions.at(-1)!);
    expect(last.slice(-FLOWS)).toEqual(range(FLOWS).map((n) => n + 2 * FLOWS));
    const all = [...first.sessions, ...second.sessions].flatMap((octets) => numbersOf(readMessages(octets)));
    expect(once(all)).toEqual(range(3 * FLOWS));
    expect(flowNumbers(second.sessions[0]).length).toBeGreaterThan(0);
    expectBalanced(output);
  });

  it('do not wait for one that takes nothing', async () => {
    const [first, second] = [await startSink(), await startSink()];
    first.isReading = false;
    let aheadMs = 0;
    const { output, told } = openOutput({
      transport: 'tcp',
      peers: [local(first.port), local(second.port)],
      surroundings: { ...REAL_SURROUNDINGS, now: () => performance.now() + aheadMs },
    });
    await until(() => output.isUp, 'the first');
    const many = 150_000;
    for (let n = 0; n < many; n += 10_000) writeFlows(output, n, 10_000);
    await untilStill(() => output.counts().octets);
    output.tick(1_000);
    expect(second.sessions).toHaveLength(0);
    aheadMs = 31_000;
    output.tick(32_000);
    await until(() => second.sessions.length === 1, 'the second');
    expect(told[0]).toMatch(/has taken nothing for 3\d s$/);
    await output.finish(STATISTICS);
    expect(once(flowNumbers(second.sessions[0]))).toEqual(range(many));
    expect(output.counts().repeated).toBeGreaterThan(0);
    expectBalanced(output);
  });

  it('take what one that stopped has not, at the end too', async () => {
    const [first, second] = [await startSink(), await startSink()];
    first.isReading = false;
    const peers = [local(first.port), local(second.port)];
    const { output, told } = openOutput({ transport: 'tcp', peers, lingerMs: 500 });
    await until(() => output.isUp, 'the first');
    const many = 150_000;
    for (let n = 0; n < many; n += 10_000) writeFlows(output, n, 10_000);
    await untilStill(() => output.counts().octets);
    await output.finish(STATISTICS);
    expect(told[0]).toMatch(/has taken nothing for \d+ s$/);
    expect(once(flowNumbers(second.sessions[0]))).toEqual(range(many));
    expect(output.error).toBeNull();
    expect(output.counts()).toMatchObject({ offered: many, exported: many });
    expectBalanced(output);
  });
});

describe('an output whose time is over', () => {
  it.each(['a spool that stays', 'none'])('gives up what a stopped peer has not taken, with %s', async (spool) => {
    const sink = await startSink();
    sink.isReading = false;
    const stays = spool !== 'none';
    const { output } = openOutput({
      transport: 'tcp',
      peers: [local(sink.port)],
      lingerMs: 3_600_000,
      queueOctets: 1_000_000,
      ...(stays ? { spoolFolder: temporaryFolder() } : {}),
    });
    await until(() => output.isUp, 'the connection');
    const many = 150_000;
    for (let n = 0; n < many; n += 10_000) writeFlows(output, n, 10_000);
    await untilStill(() => output.counts().octets);
    const giveUp = new AbortController();
    const finished = output.finish(STATISTICS, giveUp.signal);
    giveUp.abort();
    await finished;
    const { exported, spooledRecords, notSent, queuedRecords } = output.counts();
    expect(queuedRecords).toBe(0);
    expect(stays ? spooledRecords : notSent.failed).toBe(many - exported);
    expect(exported).toBeLessThan(many);
    expectBalanced(output);
  });
});
