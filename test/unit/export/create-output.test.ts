import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createOutput } from '../../../src/export/create-output.js';
import { OutputError } from '../../../src/export/output-error.js';
import { OUTPUT_ENDINGS } from '../../../src/export/output-schemes.js';
import { parseOutput } from '../../../src/export/output-spec.js';
import { SinkOutput } from '../../../src/export/file/sink-output.js';
import { MemorySink } from '../../support/memory-sink.js';
import { readMessages } from '../ipfix/read-messages.js';
import { closedRecords, FLOW, REVERSE } from './closed-records.js';
import { STATISTICS } from './statistics.js';

let directory = '';
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(tmpdir(), 'weir-output-'));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

describe('the name of an output', () => {
  it.each([
    ['day.ipfix', 'ipfix', null],
    ['day.yaf', 'ipfix', null],
    ['a.b/day.jsonl', 'json', null],
    ['day.json.gz', 'json', 'gz'],
    ['day.ndjson.zst', 'json', 'zst'],
    ['DAY.CSV.GZ', 'csv', 'gz'],
    ['day.ipfix.zst', 'ipfix', 'zst'],
    ['-', 'json', null],
  ])('%s asks for %s, compressed with %s', (name, format, compression) => {
    expect(parseOutput(name).members).toMatchObject([{ format, compression }]);
  });

  it.each([
    'day',
    'day.gz',
    'day.txt',
    'day.ipfix.bz2',
    'ipfix',
    '',
    'day.ipfix.gz.zst',
    'day.constructor',
    'a.ipfix/day',
  ])('that asks for nothing, such as %j, is refused with the endings there are', async (name) => {
    expect(() => parseOutput(name)).toThrow(RangeError);
    await expect(createOutput(name)).rejects.toThrow(
      `output '${name}': expected a name that ends in .ipfix, .yaf, .jsonl, .json, .ndjson, .csv, ` +
        "with .gz or .zst behind it for compression, '-' for JSON lines on standard output, or a URI such as ipfix+udp://collector:4739",
    );
  });

  it('has one of the endings that are told', () => {
    expect(OUTPUT_ENDINGS).toEqual(['.ipfix', '.yaf', '.jsonl', '.json', '.ndjson', '.csv']);
  });
});

describe('an output', () => {
  const flows = [FLOW, { ...FLOW, reverse: REVERSE, firstNumber: 1 }];

  it('in IPFIX ends with the statistics', async () => {
    const file = path.join(directory, 'day.ipfix');
    const output = await createOutput(file, { observationDomain: 7, time: 'us' });
    output.write(closedRecords(flows));
    await output.finish(STATISTICS);
    expect(output).toMatchObject({ name: file, error: null, fault: null, isFull: false });
    expect(output.counts()).toMatchObject({ offered: 2, exported: 2, queuedRecords: 0 });
    const { records, problems } = readMessages(fs.readFileSync(file));
    expect(problems).toEqual([]);
    const times = records.map((record) => record.flowStartMicroseconds).filter((time) => time !== undefined);
    expect(times).toEqual(['2023-11-14T22:13:20.123456Z', '2023-11-14T22:13:20.123456Z']);
    expect(records.at(-1)).toMatchObject({ observationDomainId: 7, exportedFlowRecordTotalCount: 2 });
  });

  it('in JSON and CSV, compressed, has a line for each record', async () => {
    const [json, csv] = [path.join(directory, 'day.jsonl.gz'), path.join(directory, 'day.csv.gz')];
    for (const file of [json, csv]) {
      const output = await createOutput(file, { uniflow: true, interfaceInKey: true });
      output.write(closedRecords(flows));
      await output.drain();
      await output.finish(STATISTICS);
      expect(output.fault).toBeNull();
      expect(output.counts()).toMatchObject({ offered: 3, exported: 3, messages: 0 });
    }
    const lines = gunzipSync(fs.readFileSync(json)).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { sourceIPv4Address: '192.0.2.1', ingressInterface: 1, flowId: 1 },
      { sourceIPv4Address: '192.0.2.1', flowId: 2 },
      { sourceIPv4Address: '198.51.100.200', flowId: 2 },
    ]);
    const rows = gunzipSync(fs.readFileSync(csv)).toString().trimEnd().split('\n');
    expect(rows.length).toBe(4);
    expect(rows[0]).toContain(',ingressInterface,');
  });

  it('that cannot be opened, or has a wrong option, leaves the file system as it was', async () => {
    const file = path.join(directory, 'none', 'day.ipfix');
    await expect(createOutput(file)).rejects.toThrow(
      new OutputError(file, 'ENOENT', 'cannot open: no such file or directory (ENOENT)'),
    );
    const kept = path.join(directory, 'kept.ipfix');
    fs.writeFileSync(kept, 'kept');
    await expect(createOutput(kept, { observationDomain: -1 })).rejects.toThrow(RangeError);
    expect(fs.readFileSync(kept, 'utf8')).toBe('kept');
  });

  it('takes no more records after a fault, and tells the first one', async () => {
    let written = 0;
    let closed = 0;
    const nothing = (): void => undefined;
    const encoder = {
      records: 0,
      hasMessages: true,
      write: () => sink.write(),
      flush: nothing,
      statistics: nothing,
      finish: () => sink.write(),
    };
    const sink = {
      isFull: true,
      safeOctets: 0,
      flush: nothing,
      write: () => {
        written++;
        throw new OutputError('x', 'ENOSPC', 'cannot write: no space');
      },
      drain: () => Promise.reject(new Error('not asked for')),
      closeNow: () => false,
      close: () => {
        closed++;
        return Promise.reject(new OutputError('x', 'EIO', 'cannot close'));
      },
    };
    const output = new SinkOutput('x', () => encoder, sink, false);
    expect(output.isFull).toBe(true);
    output.write(closedRecords([FLOW]));
    output.write(closedRecords([FLOW]));
    expect(output.isFull).toBe(false);
    await output.drain();
    await output.finish(STATISTICS);
    expect([written, closed]).toEqual([1, 1]);
    expect(output.fault).toMatchObject({ message: 'x: cannot write: no space', code: 'ENOSPC' });
    expect(output.error).toBe(output.fault);
    expect(output.counts()).toMatchObject({ offered: 2, exported: 0, notSent: { failed: 2 }, errors: 1 });
  });

  it.each(['day.ipfix', 'day.csv'])('refuses blocks whose rows are laid out differently: %s', async (name) => {
    const output = await createOutput(path.join(directory, name));
    const [first, second] = [closedRecords([FLOW]), closedRecords([FLOW])];
    Object.assign(second, { stride: first.stride + 2 });
    output.write(first);
    expect(() => output.write(second)).toThrow(`rows of ${first.stride + 2} words after rows of ${first.stride}`);
  });

  it('does not take an error of the program for a fault of the output', () => {
    const encoder = {
      records: 0,
      hasMessages: true,
      write: () => {
        throw new RangeError('rows of another layout');
      },
      flush: () => undefined,
      statistics: () => undefined,
      finish: () => undefined,
    };
    const output = new SinkOutput('x', () => encoder, new MemorySink(), false);
    expect(() => output.write(closedRecords([FLOW]))).toThrow('rows of another layout');
  });
});
