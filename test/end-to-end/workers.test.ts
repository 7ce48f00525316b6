import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundledCaptures, capturesIn, sharedFolder } from '../support/captures.js';
import { generatedTrace, programPath, temporaryFolder, weir } from '../support/run-weir.js';

/** The same records in the same order, octet by octet, for any number of threads. */

programPath();

const WORKERS = [2, 3];
/** The records at the end of an IPFIX file: two elements of 32 bits and three of 64, then, in a Set of its own, ten and six. */
const STATISTICS_OCTETS = 2 * 4 + 3 * 8 + 4 + 10 * 4 + 6 * 8;
/** Two outputs at once: every field as text, with whole times, and the Templates. */
const OUTPUTS = ['flows.jsonl', 'flows.ipfix'];

async function outputsOf(workers: number, words: readonly string[]): Promise<Buffer[]> {
  const folder = temporaryFolder();
  const files = OUTPUTS.map((name) => path.join(folder, name));
  const { exitCode, stderr } = await weir([
    ...['replay', ...words, '--workers', String(workers), '--stats', 'json', '--time', 'ns'],
    ...files.flatMap((file) => ['-o', file]),
  ]);
  const statistics = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as { ledger: { balanced: boolean } };
  expect(statistics.ledger.balanced, stderr).toBe(true);
  expect([0, 1]).toContain(exitCode);
  const [text, ipfix] = files.map((file) => fs.readFileSync(file));
  return [text, withoutRunFacts(ipfix)];
}

async function expectTheSame(words: readonly string[]): Promise<Buffer> {
  const [text, ipfix] = await outputsOf(1, words);
  for (const workers of WORKERS) {
    const [otherText, otherIpfix] = await outputsOf(workers, words);
    expectEqual(`${workers} workers`, otherText.toString().split('\n'), text.toString().split('\n'));
    expect(otherIpfix.equals(ipfix), `IPFIX of ${workers} workers`).toBe(true);
  }
  return text;
}

describe('the number of workers does not show', () => {
  // All captures in one run: times go back and forth, there are tunnels, fragments, damaged files and several link types.
  it('in the records of the bundled captures', async () => {
    const text = await expectTheSame([...bundledCaptures(), '--decap', 'all']);
    expect(lineCount(text)).toBeGreaterThan(500);
  });

  it.each(['demo.pcap', 'icmp.pcap', 'mixed-links.pcapng'])('in the records of %s alone', async (name) => {
    await expectTheSame(bundledCaptures().filter((file) => path.basename(file) === name));
  });

  const shared = sharedFolder('flows');
  if (shared === null)
    process.stderr.write('workers.test.ts: skipped captures of ../shared/pcaps/flows, which is not there\n');

  it.skipIf(shared === null)('in the records of captures of other test suites', async () => {
    const captures = capturesIn(path.join(shared as string, 'captures')).filter((_, i) => i % 8 === 0);
    expect(captures.length).toBeGreaterThanOrEqual(100);
    const list = path.join(temporaryFolder(), 'captures.txt');
    fs.writeFileSync(list, captures.join('\n'));
    const text = await expectTheSame(['--list', list]);
    expect(lineCount(text)).toBeGreaterThan(200);
  });

  it('in the records of many flows that time out while packets come', async () => {
    const trace = await generatedTrace('flows-10k', 60_000);
    const text = await expectTheSame([trace, '--idle-timeout', '1500ms', '--active-timeout', '10s']);
    expect(lineCount(text)).toBeGreaterThan(10_000);
  });
});

describe('the bound on flows', () => {
  it('holds for all workers together', async () => {
    const trace = await generatedTrace('flows-10k', 50_000);
    for (const workers of [1, ...WORKERS]) {
      const { exitCode, stderr } = await weir([
        ...['replay', trace, '--workers', String(workers), '--max-flows', '500', '--stats', 'json'],
        ...['-o', path.join(temporaryFolder(), 'flows.csv')],
      ]);
      expect(exitCode).toBe(0);
      const { flows, balanced } = (JSON.parse(stderr) as { ledger: { flows: { peak: number }; balanced: boolean } })
        .ledger;
      expect(flows.peak).toBeLessThanOrEqual(500);
      expect(flows.peak).toBeGreaterThan(400);
      expect(balanced).toBe(true);
    }
  });
});

function lineCount(text: Buffer): number {
  return text.toString().split('\n').length - 1;
}

/** Compares line by line and tells the first difference, not all. */
function expectEqual(what: string, actual: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((line, i) => line !== actual[i]);
  if (at >= 0) expect(`${what}, line ${at}: ${actual[at]}`).toBe(`${what}, line ${at}: ${expected[at]}`);
  expect(actual.length).toBe(expected.length);
}

/**
 * The Template and Data Records of an IPFIX file in their order, each run of one Set id behind that id, without what is of
 * the run: Export Times, where messages happen to end, the statistics at the end.
 */
function withoutRunFacts(file: Buffer): Buffer {
  const parts: Buffer[] = [];
  let lastId = -1;
  for (let message = 0; message < file.length; message += file.readUInt16BE(message + 2)) {
    const end = message + file.readUInt16BE(message + 2);
    for (let set = message + 16; set < end; set += file.readUInt16BE(set + 2)) {
      const id = file.readUInt16BE(set);
      if (id !== lastId) parts.push(file.subarray(set, set + 2));
      lastId = id;
      parts.push(file.subarray(set + 4, set + file.readUInt16BE(set + 2)));
    }
  }
  const records = Buffer.concat(parts);
  return records.subarray(0, records.length - STATISTICS_OCTETS);
}
