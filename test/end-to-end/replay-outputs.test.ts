import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { openSource } from '../../src/capture/open-source.js';
import { COMPRESSION_ENDINGS, OUTPUT_ENDINGS } from '../../src/export/output-schemes.js';
import { parseJsonLines } from '../support/canonical.js';
import { readMessages } from '../unit/ipfix/read-messages.js';
import { bundled, programPath, temporaryFolder, weir } from '../support/run-weir.js';

/** What `weir replay` writes: the format and the compression that the name of an output asks for, several at once. */

programPath();

const demo = bundled('demo.pcap');
const DEMO_FLOWS = 233;

describe('one run with every kind of output', () => {
  const endings = OUTPUT_ENDINGS.flatMap((ending) =>
    ['', ...COMPRESSION_ENDINGS].map((packed) => `${ending}${packed}`),
  );
  const contents = new Map<string, Buffer>();
  let stdout = '';
  let statistics: { outputs: { name: string; records: number; fault: null }[] };

  beforeAll(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-outputs-'));
    const files = endings.map((ending) => path.join(folder, `demo${ending}`));
    const outputs = ['-', ...files].flatMap((file) => ['-o', file]);
    const result = await weir(['replay', demo, ...outputs, '--stats', 'json']);
    expect(result.exitCode).toBe(0);
    stdout = result.stdout;
    statistics = JSON.parse(result.stderr) as typeof statistics;
    for (const [i, file] of files.entries()) {
      contents.set(endings[i], await unpacked(file));
      contents.set(`packed ${endings[i]}`, fs.readFileSync(file));
    }
    fs.rmSync(folder, { recursive: true });
  });

  it('has the endings that are promised', () => {
    expect(OUTPUT_ENDINGS).toEqual(expect.arrayContaining(['.ipfix', '.yaf', '.jsonl', '.csv']));
    expect(COMPRESSION_ENDINGS).toEqual(['.gz', '.zst']);
  });

  it('tells the records of each', () => {
    expect(statistics.outputs).toHaveLength(endings.length + 1);
    for (const { records, fault } of statistics.outputs)
      expect({ records, fault }).toEqual({ records: DEMO_FLOWS, fault: null });
  });

  it("writes JSON lines and nothing else to standard output for '-'", () => {
    const records = parseJsonLines(stdout);
    expect(records).toHaveLength(DEMO_FLOWS);
    expect(records[0]).toMatchObject({ flowStartMilliseconds: '2026-01-15T08:02:11.686Z', protocolIdentifier: 6 });
  });

  it.each(endings.filter((ending) => /json/.test(ending)))('writes the same JSON lines to %s', (ending) => {
    expect(contents.get(ending)?.toString()).toBe(stdout);
  });

  it.each(endings.filter((ending) => ending.startsWith('.csv')))(
    'writes a table with a line a record to %s',
    (ending) => {
      const text = contents.get(ending)?.toString() ?? '';
      const [head, ...lines] = text.trimEnd().split('\n');
      const columns = head.split(',');
      expect(columns.slice(0, 2)).toEqual(['flowStartMilliseconds', 'flowEndMilliseconds']);
      expect(lines).toHaveLength(DEMO_FLOWS);
      for (const line of lines) expect(line.split(',')).toHaveLength(columns.length);
      const octets = columns.indexOf('octetDeltaCount');
      expect(lines.map((line) => Number(line.split(',')[octets]))).toEqual(
        parseJsonLines(stdout).map((record) => record.octetDeltaCount),
      );
    },
  );

  it.each(endings.filter((ending) => /ipfix|yaf/.test(ending)))('writes IPFIX messages to %s', (ending) => {
    const octets = contents.get(ending) as Buffer;
    const plain = ending.startsWith('.yaf') ? '.yaf' : '.ipfix';
    expect(withoutTimes(octets)).toEqual(withoutTimes(contents.get(plain) as Buffer));
    expect(octets.readUInt16BE(0)).toBe(10);
  });

  it('writes records as YAF has them to .yaf', () => {
    const flows = (ending: string): Record<string, unknown>[] =>
      readMessages(contents.get(ending) as Buffer).records.filter((record) => 'protocolIdentifier' in record);
    expect(flows('.yaf')).toHaveLength(DEMO_FLOWS);
    for (const record of flows('.yaf')) expect(record).toMatchObject({ silkAppLabel: 0 });
    for (const record of flows('.ipfix')) expect(record).not.toHaveProperty('silkAppLabel');
  });

  it.each(endings.filter((ending) => /(gz|zst)$/.test(ending)))('compresses %s', (ending) => {
    const packed = contents.get(`packed ${ending}`) as Buffer;
    const magic = ending.endsWith('.gz') ? '1f8b' : '28b52ffd';
    expect(packed.toString('hex', 0, magic.length / 2)).toBe(magic);
    expect(packed.length).toBeLessThan((contents.get(ending) as Buffer).length / 2);
  });
});

describe('weir print', () => {
  const printed = async (...words: string[]): Promise<string> => {
    const file = path.join(temporaryFolder(), 'dns.ipfix');
    expect(await weir(['replay', bundled('dns.pcap'), '-o', file, '--stats', 'none'])).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout, stderr } = await weir(['print', file, ...words]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };

  it('shows a table', async () => {
    const [head, ...rows] = (await printed()).trimEnd().split('\n');
    expect(head).toMatch(/^START \(UTC\) +DURATION +PROTO +SOURCE +DESTINATION +PACKETS +OCTETS/);
    expect(rows[0]).toMatch(/^2026-01-15 08:41:37\.294 +0\.004 +tcp +10\.10\.0\.1:37961 +10\.10\.0\.2:53 +6 +382 /);
    expect(rows.length).toBeGreaterThanOrEqual(7);
  });

  it('shows JSON as the replay writes it', async () => {
    const direct = await weir(['replay', bundled('dns.pcap'), '-o', 'json+file:-?profile=full', '--stats', 'none']);
    // There is no Information Element for the community id: print makes it where it is asked for.
    const expected = parseJsonLines(direct.stdout).map((record) => ({ ...record, communityId: undefined }));
    expect(parseJsonLines(await printed('--format', 'json'))).toEqual(expected);
  });

  it('shows CSV, chosen fields, sorted, the first few', async () => {
    const text = await printed('--format', 'csv', '--fields', 'sPort,bytes', '--sort', '-bytes', '--limit', '2');
    expect(text).toBe('sPort,bytes\n35213,409\n37961,382\n');
  });

  it('shows what rwcut of SiLK does, a line a direction', async () => {
    const lines = (await printed('--format', 'silk')).trimEnd().split('\n');
    const cells = (line: string): string[] => line.split('|').map((cell) => cell.trim());
    expect(cells(lines[0]).slice(0, 11)).toEqual([
      'sIP',
      'dIP',
      'sPort',
      'dPort',
      'pro',
      'packets',
      'bytes',
      'flags',
      'sTime',
      'duration',
      'eTime',
    ]);
    expect(lines).toHaveLength(1 + 14);
    expect(cells(lines[1]).slice(0, 9)).toEqual([
      '10.10.0.1',
      '10.10.0.2',
      '37961',
      '53',
      '6',
      '6',
      '382',
      'FS PA',
      '2026/01/15T08:41:37.294',
    ]);
  });
});

async function unpacked(file: string): Promise<Buffer> {
  const source = await openSource(file);
  const pieces: Buffer[] = [];
  try {
    for (;;) {
      const octets = new Uint8Array(65_536);
      const count = await source.read(octets, 0, octets.length);
      if (count === 0) break;
      pieces.push(Buffer.from(octets.subarray(0, count)));
    }
    expect(source.fault).toBeNull();
  } finally {
    source.close();
  }
  return Buffer.concat(pieces);
}

/** IPFIX messages without their Export Times, which may differ by a second between the outputs of one run. */
function withoutTimes(file: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < file.length;) {
    const message = Buffer.from(file.subarray(at, at + file.readUInt16BE(at + 2)));
    message.fill(0, 4, 8);
    messages.push(message.toString('hex'));
    at += message.length;
  }
  return messages;
}
