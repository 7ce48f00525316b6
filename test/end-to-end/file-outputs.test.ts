import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { openSource } from '../../src/capture/open-source.js';
import type { OutputStatistics, RunStatistics } from '../../src/observe/run-statistics.js';
import { parseJsonLines } from '../support/canonical.js';
import { bundled, generatedTrace, programPath, quoted, shell, temporaryFolder, weir } from '../support/run-weir.js';
import { readMessages } from '../unit/ipfix/read-messages.js';

/** Files of the built program: rotated, compressed on other threads, on a full disk, and killed. */

const main = programPath();
const hasIpfixDump = spawnSync('ipfixDump', ['--version']).status === 0;
if (!hasIpfixDump) console.log('skipped: reading files of a killed process with ipfixDump needs that program');

/** IPFIX messages that are there in whole. */
function wholeMessages(file: Buffer): Buffer {
  let at = 0;
  while (at + 4 <= file.length && at + file.readUInt16BE(at + 2) <= file.length) at += file.readUInt16BE(at + 2);
  return file.subarray(0, at);
}

async function unpacked(file: string): Promise<Buffer> {
  const source = await openSource(file);
  const octets = Buffer.alloc(1 << 26);
  let filled = 0;
  for (let count = -1; count !== 0;) {
    count = await source.read(octets, filled, octets.length);
    filled += count;
  }
  source.close();
  return octets.subarray(0, filled);
}

function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).sort();
}

it('rotated, compressed files have every record, in order', async () => {
  const folder = temporaryFolder();
  const trace = await generatedTrace('flows-10k', 60_000);
  const result = await weir(
    [
      'replay',
      bundled('demo.pcap'),
      trace,
      '-o',
      'all.jsonl',
      '-o',
      'r-%i.jsonl.zst?rotate=10s',
      '-o',
      's-%i.jsonl?rotate=64K',
      '--stats',
      'json',
    ],
    { directory: folder },
  );
  expect(result.exitCode, result.stderr).toBe(0);
  const all = fs.readFileSync(path.join(folder, 'all.jsonl'), 'utf8');
  for (const letter of ['r', 's']) {
    const files = filesIn(folder).filter((name) => name.startsWith(`${letter}-`));
    expect(files.length).toBeGreaterThan(1);
    let text = '';
    for (const name of files) text += (await unpacked(path.join(folder, name))).toString();
    expect(text === all).toBe(true);
  }
});

it.each([1, 2])('each rotated IPFIX file is complete by itself, with %i workers', async (workers) => {
  const folder = temporaryFolder();
  const trace = await generatedTrace('flows-10k', 60_000);
  const words = ['--workers', String(workers), '--interface-in-key', '--dpi', '--idle-timeout', '1s'];
  const { exitCode, stderr } = await weir(
    ['replay', trace, ...words, '-o', '%i.ipfix?rotate=256K', '--stats', 'json'],
    { directory: folder },
  );
  expect(exitCode, stderr).toBe(0);
  const { ledger } = JSON.parse(stderr) as RunStatistics;
  const files = filesIn(folder);
  expect(files.length).toBeGreaterThan(4);
  let flows = 0;
  let packets = 0;
  for (const name of files) {
    const { records, problems } = readMessages(fs.readFileSync(path.join(folder, name)));
    expect(problems).toEqual([]);
    const first = records.findIndex((record) => 'flowId' in record);
    const front = (element: string): number => records.slice(0, first).filter((record) => element in record).length;
    expect(front('interfaceName'), name).toBe(1);
    expect(front('applicationName')).toBeGreaterThan(50);
    expect(front('informationElementName')).toBeGreaterThan(5);
    flows += records.filter((record) => 'flowId' in record).length;
    const statistics = records.filter((record) => 'packetTotalCount' in record);
    expect(statistics, name).toHaveLength(1);
    const [{ exportedFlowRecordTotalCount, packetTotalCount }] = statistics;
    expect(exportedFlowRecordTotalCount).toBe(flows);
    expect(packetTotalCount).toBeGreaterThanOrEqual(packets);
    packets = Number(packetTotalCount);
    expect(packets).toBeGreaterThan(0);
  }
  expect(flows).toBe(ledger.flows.exported);
  expect(packets).toBe(ledger.packets.received);
});

describe('a process that is killed', () => {
  it('leaves files that can be read up to the last complete message', async () => {
    const folder = temporaryFolder();
    const trace = await generatedTrace('flows-10k', 60_000);
    const outputs = ['plain.ipfix', '%s.ipfix', 'plain.jsonl', 'plain.csv', 'packed.jsonl.gz', 'packed.jsonl.zst'];
    const words = ['replay', '-', '--idle-timeout', '1ms', ...outputs.flatMap((name) => ['-o', name])];
    const child = spawn(process.execPath, [main, ...words], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
    const exited = once(child, 'exit');
    // The end of the input does not come: the process is killed while it waits for it.
    child.stdin.on('error', () => undefined);
    child.stdin.write(fs.readFileSync(trace));
    const sizeOf = (name: string): number => fs.statSync(path.join(folder, name)).size;
    await vi.waitFor(
      () => {
        const sizes = filesIn(folder).map(sizeOf);
        expect(sizes).toHaveLength(outputs.length);
        for (const size of sizes) expect(size).toBeGreaterThan(1_000);
      },
      { timeout: 50_000, interval: 100 },
    );
    child.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);

    const names = filesIn(folder);
    expect(names.filter((name) => name.endsWith('.ipfix.part'))).toHaveLength(1);
    for (const name of names.filter((each) => each.includes('.ipfix'))) {
      const file = path.join(folder, name);
      const { records, problems } = readMessages(wholeMessages(fs.readFileSync(file)));
      expect(problems).toEqual([]);
      const flows = records.filter((record) => 'flowId' in record);
      expect(flows.length).toBeGreaterThan(10);
      const { stdout } = await weir(['print', file, '--format', 'json']);
      expect(parseJsonLines(stdout).length).toBe(flows.length);
      if (hasIpfixDump) {
        const dump = spawnSync('ipfixDump', ['--in', file, '--stats'], { encoding: 'utf8' });
        expect(dump.stdout + dump.stderr).toMatch(/\d+ (Data )?[Rr]ecords/);
      }
    }
    for (const name of names.filter((each) => each.includes('.jsonl'))) {
      const text = (await unpacked(path.join(folder, name))).toString();
      expect(parseJsonLines(text.slice(0, text.lastIndexOf('\n') + 1)).length).toBeGreaterThan(10);
    }
  });
});

describe('a disk that fills up', () => {
  it('costs the records of its output, which are counted, and nothing of the others', async (context) => {
    const folder = temporaryFolder();
    const mount = 'mkdir disk && mount -t tmpfs -o size=400k tmpfs disk';
    if (spawnSync('unshare', ['-m', 'bash', '-c', mount], { cwd: folder }).status !== 0) {
      process.stderr.write('file-outputs.test.ts: no full disk tried, mounting one is not permitted\n');
      context.skip();
    }
    fs.rmSync(path.join(folder, 'disk'), { recursive: true });
    const trace = await generatedTrace('flows-10k', 60_000);
    const command =
      `${quoted(process.execPath)} ${quoted(main)} replay ${quoted(trace)} ` +
      `-o 'disk/%i.ipfix?rotate=64K' -o 'disk/x.jsonl' -o sound.ipfix --stats none --stats-file stats.json`;
    const line = `${mount} && ${command}; code=$?; cp disk/*.ipfix disk/x.jsonl .; exit $code`;
    const result = await shell(`exec unshare -m bash -c ${quoted(line)}`, { directory: folder });
    expect(result.exitCode, result.stderr).toBe(1);
    expect(result.stderr).toMatch(/disk\/.*: cannot write: no space left on device \(ENOSPC\)/);
    const statistics = JSON.parse(fs.readFileSync(path.join(folder, 'stats.json'), 'utf8')) as {
      outputs: OutputStatistics[];
      ledger: { balanced: boolean; flows: { exported: number } };
    };
    expect(statistics.ledger.balanced).toBe(true);
    const [rotated, lines, sound] = statistics.outputs;
    const flows = statistics.ledger.flows.exported;
    expect(sound).toMatchObject({ records: flows, notSent: 0, fault: null });
    expect(rotated.counts.notSent.failed).toBeGreaterThan(0);
    expect(rotated.records + rotated.notSent).toBe(flows);
    expect(lines.records + lines.notSent).toBe(flows);
    // What counts as exported is there, and nothing else is.
    expect(parseJsonLines(fs.readFileSync(path.join(folder, 'x.jsonl'), 'utf8'))).toHaveLength(lines.records);
    const files = filesIn(folder).filter((name) => /^\d+\.ipfix$/.test(name));
    const found = files.map((name) => readMessages(fs.readFileSync(path.join(folder, name))));
    expect(found.flatMap(({ problems }) => problems)).toEqual([]);
    const records = found.flatMap((file) => file.records).filter((record) => 'protocolIdentifier' in record);
    expect(records).toHaveLength(rotated.records);
  });
});
