import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createOutput } from '../../../../src/export/create-output.js';
import type { OutputDefaults } from '../../../../src/export/output-request.js';
import { isBalanced } from '../../../../src/export/output.js';
import type { ClosedFlows } from '../../../../src/flow/closed-flows.js';
import { parseJsonLines } from '../../../support/canonical.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { closedRecords, FLOW } from '../closed-records.js';
import { STATISTICS } from '../statistics.js';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'weir-files-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const NOON_MS = Date.UTC(2026, 0, 5, 12, 0, 0);
const MINUTE_MS = 60_000;
const REPLAY: OutputDefaults = { isReplay: true, statistics: () => STATISTICS };

/** Flows that ended so many seconds after noon; the second is the source port. */
function flows(...seconds: number[]): ClosedFlows {
  return closedRecords(
    seconds.map((second) => ({ ...FLOW, sourcePort: second, end: { us: (NOON_MS + 1_000 * second) * 1_000, ns: 0 } })),
  );
}

/** Names below the folder, sorted. */
function names(): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function content(name: string): Buffer {
  const octets = fs.readFileSync(path.join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(octets) : octets;
}

function ports(name: string): unknown[] {
  const records = name.includes('.ipfix')
    ? readMessages(content(name)).records
    : parseJsonLines(content(name).toString());
  return records.map((record) => record.sourceTransportPort).filter((port) => port !== undefined);
}

const place = (name: string): string => path.join(folder, name);

describe('files of a replay', () => {
  it('have the records that ended in their interval, to the record, each complete by itself', async () => {
    const output = await createOutput(place('%Y/%m/%d-%H%M.ipfix?rotate=5m&domain=7'), REPLAY);
    expect(names()).toEqual([]);
    // A record that ends before the file begins has waited for its timeout: it is exported now.
    output.write(flows(30, 299, 300, 250, 301));
    output.write(flows(302));
    output.write(flows(3_600));
    expect(names()).toEqual(['2026/01/05-1200.ipfix', '2026/01/05-1205.ipfix', '2026/01/05-1300.ipfix.part']);
    await output.finish(STATISTICS);
    expect(names()).toEqual(['2026/01/05-1200.ipfix', '2026/01/05-1205.ipfix', '2026/01/05-1300.ipfix']);
    expect(names().map(ports)).toEqual([[30, 299], [300, 250, 301, 302], [3_600]]);
    const lasts = names().map((name) => readMessages(content(name)));
    expect(lasts.map(({ problems }) => problems)).toEqual([[], [], []]);
    expect(lasts.map(({ records }) => records.at(-1)?.exportedFlowRecordTotalCount)).toEqual([2, 6, 7]);
    expect(output.counts()).toMatchObject({ offered: 7, exported: 7, queuedRecords: 0, errors: 0 });
  });

  it('are named after the first record when they do not rotate', async () => {
    const output = await createOutput(place('%H%M%S.jsonl'), REPLAY);
    output.write(flows(61, 7_200));
    await output.finish(STATISTICS);
    expect(names()).toEqual(['120101.jsonl']);
  });

  it('are there without a record too', async () => {
    const output = await createOutput(place('x-%Y.ipfix'), REPLAY);
    await output.finish(STATISTICS);
    expect(names()).toHaveLength(1);
    const { records } = readMessages(content(names()[0]));
    expect(records.filter((record) => 'exportedFlowRecordTotalCount' in record)).toHaveLength(2);
    expect(records.filter((record) => 'flowId' in record)).toEqual([]);
  });

  it('never replace one that is there, nor one that is not complete or in use', async () => {
    fs.writeFileSync(place('12.csv.gz'), 'finished');
    fs.writeFileSync(place('12-1.csv.gz.part'), 'killed');
    fs.writeFileSync(place('12-2.csv.gz.lock'), '');
    const output = await createOutput(place('%H.csv.gz'), REPLAY);
    output.write(flows(1));
    await output.finish(STATISTICS);
    expect(names()).toEqual(['12-1.csv.gz.part', '12-2.csv.gz.lock', '12-3.csv.gz', '12.csv.gz']);
    expect(fs.readFileSync(place('12.csv.gz'), 'utf8')).toBe('finished');
  });

  it('are numbered when they rotate by size', async () => {
    const output = await createOutput(place('a.jsonl?rotate=1M'), REPLAY);
    const block = flows(...Array.from({ length: 500 }, (_, n) => n));
    for (let n = 0; n < 20; n++) output.write(block);
    await output.finish(STATISTICS);
    expect(names().length).toBeGreaterThan(3);
    expect(names().slice(0, 2)).toEqual(['a-1.jsonl', 'a-2.jsonl']);
    for (const name of names()) expect(content(name).length).toBeLessThan(1.6 * 1_048_576);
    expect(names().flatMap(ports)).toHaveLength(10_000);
    expect(output.counts()).toMatchObject({ offered: 10_000, exported: 10_000 });
  });
});

describe('files of a live run', () => {
  it('begin and end with the interval of the wall clock, with records or without', async () => {
    vi.useFakeTimers({ now: NOON_MS + 90_000, toFake: ['Date'] });
    try {
      const output = await createOutput(place('%H%M.ipfix?rotate=1m'), { statistics: () => STATISTICS });
      expect(names()).toEqual(['1201.ipfix.part']);
      output.write(flows(7_000));
      output.tick(NOON_MS + 2 * MINUTE_MS - 1);
      expect(names()).toEqual(['1201.ipfix.part']);
      output.tick(NOON_MS + 2 * MINUTE_MS);
      output.tick(NOON_MS + 3 * MINUTE_MS);
      // The process was stopped for a while.
      output.tick(NOON_MS + 10 * MINUTE_MS + 1);
      output.write(flows(7_001));
      expect(names()).toEqual(['1201.ipfix', '1202.ipfix', '1203.ipfix', '1210.ipfix.part']);
      // The clock is set back.
      output.tick(NOON_MS + 5 * MINUTE_MS);
      await output.finish(STATISTICS);
      expect(names().map(ports)).toEqual([[7_000], [], [], [], [7_001]]);
      expect(output.counts()).toMatchObject({ offered: 2, exported: 2 });
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['a.jsonl', 'a.csv', 'a.ipfix'])('%s can be read while it is written, a second later', async (name) => {
    const output = await createOutput(place(name));
    output.tick(NOON_MS);
    output.write(flows(1));
    expect(output.counts()).toMatchObject({ offered: 1, exported: 0, queuedRecords: 1 });
    output.tick(NOON_MS + 999);
    const before = content(name).length;
    output.tick(NOON_MS + 1_000);
    expect(content(name).length).toBeGreaterThan(before + 20);
    expect(output.counts()).toMatchObject({ offered: 1, exported: 1, queuedRecords: 0, queuedOctets: 0 });
    if (name.endsWith('.ipfix')) {
      const { problems, records } = readMessages(content(name));
      expect([problems, records.filter((record) => 'flowId' in record).length]).toEqual([[], 1]);
    }
    await output.finish(STATISTICS);
  });

  it('have a lock beside them while they are not complete, and respect that of others', async () => {
    const output = await createOutput(place('a.csv?lock&fsync=close'));
    expect(names()).toEqual(['a.csv', 'a.csv.lock']);
    await expect(createOutput(place('a.csv?lock'))).rejects.toThrow(`is in use: ${place('a.csv')}.lock is there`);
    expect(names()).toEqual(['a.csv', 'a.csv.lock']);
    output.write(flows(1));
    await output.finish(STATISTICS);
    expect(names()).toEqual(['a.csv']);
    expect(output.counts()).toMatchObject({ exported: 1 });
  });

  it('are forced to the disk every second when that is wanted', async () => {
    const output = await createOutput(place('a.csv?fsync=second'));
    for (let second = 0; second < 5; second++) {
      output.write(flows(second));
      output.tick(NOON_MS + 1_000 * second);
    }
    await output.finish(STATISTICS);
    expect(output.fault).toBeNull();
    expect(content('a.csv').toString().split('\n')).toHaveLength(7);
  });
});

describe('faults', () => {
  it('a file that somebody removes is told, and the next one has what comes then', async () => {
    const output = await createOutput(place('a.jsonl'));
    output.write(flows(1));
    output.tick(NOON_MS);
    fs.rmSync(place('a.jsonl'));
    output.write(flows(2));
    output.tick(NOON_MS + 1_000);
    expect(output.error?.message).toBe(`${place('a.jsonl')}: was removed while it was written`);
    output.write(flows(3));
    output.tick(NOON_MS + 1_200);
    output.tick(NOON_MS + 2_300);
    expect([output.error, output.isUp, output.fault?.code]).toEqual([null, true, 'ENOENT']);
    output.write(flows(4));
    await output.finish(STATISTICS);
    expect(names().map(ports)).toEqual([[4]]);
    const counts = output.counts();
    expect(counts).toMatchObject({ offered: 4, exported: 1, notSent: { failed: 3 }, errors: 1 });
    expect(isBalanced(counts)).toBe(true);
  });

  it('a folder that is gone is tried again, later and later', async () => {
    const output = await createOutput(place('%i/a.csv?rotate=1m'));
    fs.writeFileSync(place('00001'), 'in the way');
    fs.writeFileSync(place('00002'), 'in the way');
    output.write(flows(1));
    const start = Date.now() + MINUTE_MS;
    output.tick(start);
    expect([output.isUp, output.error?.code]).toEqual([false, 'EEXIST']);
    output.write(flows(2, 3));
    let [tries, atMs] = [0, start];
    for (; output.error !== null && tries < 100; atMs += 250, tries++) output.tick(atMs);
    // One second after the first fault, two after the second.
    expect((atMs - start) / 1_000).toBeGreaterThan(3);
    expect((atMs - start) / 1_000).toBeLessThan(4.5);
    output.write(flows(4));
    await output.finish(STATISTICS);
    expect(names()).toEqual(['00000/a.csv', '00001', '00002', '00003/a.csv']);
    expect(output.counts()).toMatchObject({ offered: 4, exported: 2, notSent: { failed: 2 }, errors: 2 });
  });

  it('a folder that cannot be looked into any more fails the file alone, and is tried again', async () => {
    fs.mkdirSync(place('in'));
    const output = await createOutput(place('in/a.jsonl?lock'));
    output.write(flows(1));
    output.tick(NOON_MS);
    fs.renameSync(place('in'), place('away'));
    // A link to itself, which nobody can follow, whoever he is.
    fs.symlinkSync(place('in'), place('in'));
    output.write(flows(2));
    output.tick(NOON_MS + 1_000);
    expect(output.error?.message).toBe(
      `${place('in/a.jsonl')}: cannot look at: too many symbolic links encountered (ELOOP)`,
    );
    output.tick(NOON_MS + 1_200);
    output.tick(NOON_MS + 2_300);
    expect(output.isUp).toBe(false);
    fs.rmSync(place('in'));
    fs.renameSync(place('away'), place('in'));
    output.tick(NOON_MS + 3_000);
    for (let seconds = 4; seconds < 10; seconds++) output.tick(NOON_MS + 1_000 * seconds);
    expect(output.isUp).toBe(true);
    output.write(flows(3));
    await output.finish(STATISTICS);
    const counts = output.counts();
    expect(counts.offered).toBe(3);
    expect(counts.exported).toBeGreaterThan(0);
    expect(isBalanced(counts)).toBe(true);
  });

  it('a name that cannot be looked at is an output that cannot be opened', async () => {
    fs.symlinkSync(place('loop'), place('loop'));
    await expect(createOutput(place('loop/a.csv'))).rejects.toThrow('cannot open: too many symbolic links');
  });

  it.each([
    ['whose folder has gone', () => fs.rmSync(folder, { recursive: true }), 'was removed while it was written'],
    ['whose name a folder has taken', () => fs.mkdirSync(place('a-12.csv')), 'cannot complete'],
  ])('a file %s has lost its records', async (_, spoil, message) => {
    const output = await createOutput(place('a-%H.csv'), REPLAY);
    output.write(flows(1));
    spoil();
    await output.finish(STATISTICS);
    expect(output.fault?.message).toContain(message);
    expect(output.counts()).toMatchObject({ offered: 1, exported: 0, notSent: { failed: 1 }, errors: 1 });
  });
});

describe('the command of finished files', () => {
  it('gets the name of each, without a shell', async () => {
    const told = place('told');
    const script = place('tell $(id).sh');
    fs.writeFileSync(script, `#!/bin/sh\necho "$#:$1:$2" >> '${told}'\n`, { mode: 0o755 });
    const output = await createOutput(place(`%H%M.csv.gz?rotate=1m&on-rotate='${script}' "a; b"`), REPLAY);
    output.write(flows(1, 61, 121));
    await output.finish(STATISTICS);
    expect(fs.readFileSync(told, 'utf8').trimEnd().split('\n').sort()).toEqual(
      ['1200', '1201', '1202'].map((minute) => `2:a; b:${place(`${minute}.csv.gz`)}`),
    );
    expect(output.counts().errors).toBe(0);
  });

  it.each([
    ['false', 'exit code 1'],
    ['/no/such/program {}', 'ENOENT'],
  ])('%s fails, which is told and counted', async (command, problem) => {
    const told: string[] = [];
    const output = await createOutput(place(`a.csv?on-rotate=${command}`), { warn: (text) => void told.push(text) });
    await output.finish(STATISTICS);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`for ${place('a.csv')}: `);
    expect(told[0]).toContain(problem);
    expect(output.counts().errors).toBe(1);
  });
});
