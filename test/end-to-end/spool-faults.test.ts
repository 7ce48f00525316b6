import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { OutputCounts } from '../../src/export/output.js';
import type { LiveStatus } from '../../src/observe/live-status.js';
import type { RunStatistics } from '../../src/observe/run-statistics.js';
import { freeTcpPort } from '../support/brokers.js';
import { FedReplay } from '../support/fed-replay.js';
import { bundled, generatedTrace, programPath, temporaryFolder, weir } from '../support/run-weir.js';
import { RunningProgram, startLive, until } from '../support/running-program.js';
import { readMessages } from '../unit/ipfix/read-messages.js';

/** Collectors in processes of their own that are stopped, dead or started later, and what the spool does meanwhile. */

const COLLECTOR = fileURLToPath(new URL('../support/collector-process.mjs', import.meta.url));
const PATIENCE_MS = 180_000;
/** How long a collector is stopped; as long as a test has time for. */
const STOPPED_MS = Number(process.env.STOPPED_MS ?? 0);
const hasIpfixDump = spawnSync('ipfixDump', ['--version']).status === 0;
if (!hasIpfixDump) console.log('skipped: reading what a stopped collector has got with ipfixDump needs that program');

class Collector {
  readonly program: RunningProgram;

  constructor(
    readonly folder: string,
    port = 0,
  ) {
    this.program = new RunningProgram(process.execPath, [COLLECTOR, folder, String(port)]);
  }

  port(): Promise<number> {
    return until('the collector listens', () => Number(this.program.stdout) || null);
  }

  /** Files, one for each connection. */
  get sessions(): string[] {
    const numbers = fs.readdirSync(this.folder).map(Number);
    return numbers.sort((a, b) => a - b).map((number) => path.join(this.folder, String(number)));
  }

  get octets(): number {
    return this.sessions.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  }

  /** The ids of all flows of each connection, in the order in which they came. */
  flowIds(): number[][] {
    return this.sessions.map((file) => {
      const { records, problems } = readMessages(fs.readFileSync(file));
      expect(problems).toEqual([]);
      return records.flatMap(({ flowId }) => (flowId === undefined ? [] : [Number(flowId)]));
    });
  }
}

/** Segments of a spool below a folder, and what they have in all. */
function spoolBelow(folder: string): { files: string[]; octets: number } {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.spool')).map((name) => path.join(folder, name));
  return { files, octets: files.reduce((sum, file) => sum + fs.statSync(file).size, 0) };
}

/** A folder's spool once nothing is written to it any more. */
async function untilStill(folder: string): Promise<number> {
  let last = -1;
  let sinceMs = Date.now();
  await until('the spool is written', () => {
    const { octets } = spoolBelow(folder);
    if (octets !== last) sinceMs = Date.now();
    last = octets;
    // What waits in memory is written after a second.
    return octets > 0 && Date.now() - sinceMs > 2_500;
  });
  return last;
}

function notSent({ notSent: { queueFull, spoolFull, unsupported, failed } }: OutputCounts): number {
  return queueFull + spoolFull + unsupported + failed;
}

describe('a collector that is stopped', { timeout: PATIENCE_MS + 2 * STOPPED_MS }, () => {
  it('costs nothing: records go on into the spool, and all arrive once when it goes on', async () => {
    const trace = await generatedTrace('flows-10k', 250_000);
    const collector = new Collector(temporaryFolder());
    const uri = `ipfix+tcp://127.0.0.1:${await collector.port()}?queue=64K&spool=${temporaryFolder()}`;
    const folder = uri.slice(uri.indexOf('spool=') + 6);
    const sound = path.join(temporaryFolder(), 'sound.ipfix');
    const replay = new FedReplay(trace, ['-o', sound, '-o', uri]);
    replay.feed(0.1);
    await until('the collector has records', () => collector.octets > 10_000);
    collector.program.kill('SIGSTOP');
    replay.feed(0.9);
    // More than the sockets of both sides take.
    await until('the spool is used', () => spoolBelow(folder).octets > 1_000_000);
    await delay(STOPPED_MS);
    collector.program.kill('SIGCONT');
    const { exitCode, stderr, statistics } = await replay.end();
    expect(exitCode, stderr).toBe(0);
    const { created } = statistics.ledger.flows;
    expect(statistics.ledger.balanced).toBe(true);
    expect(statistics.outputs[0]).toMatchObject({ records: created, fault: null });
    expect(statistics.outputs[1].counts).toMatchObject({ offered: created, exported: created, repeated: 0, errors: 0 });
    const written = readMessages(fs.readFileSync(sound)).records.flatMap(({ flowId }) => flowId ?? []);
    const { octets } = statistics.outputs[1].counts;
    await until('the collector has it all', () => collector.octets === octets);
    expect(collector.flowIds()).toEqual([written.map(Number)]);
    if (hasIpfixDump) {
      const { stdout } = spawnSync('ipfixDump', ['--in', collector.sessions[0], '--stats'], { encoding: 'utf8' });
      const [, records] = /(\d+) Data Records/i.exec(stdout) ?? [];
      expect(Number(records), stdout).toBeGreaterThanOrEqual(created);
    }
  });
});

describe('a spool on a small disk', { timeout: PATIENCE_MS }, () => {
  it('lets the oldest go, counts them, and troubles no other output; the next run sends what stayed', async (context) => {
    const folder = temporaryFolder();
    const mount = 'mkdir disk && mount -t tmpfs -o size=2m tmpfs disk';
    if (spawnSync('unshare', ['-m', 'bash', '-c', mount], { cwd: folder }).status !== 0) {
      process.stderr.write('spool-faults.test.ts: no full disk tried, mounting one is not permitted\n');
      context.skip();
    }
    fs.rmSync(path.join(folder, 'disk'), { recursive: true });
    const trace = await generatedTrace('flows-10k', 60_000);
    const port = await freeTcpPort();
    const output = `ipfix+tcp://127.0.0.1:${port}?queue=64K&spool=disk`;
    const script = `${mount} && "$@"; code=$?; cp -r disk kept; exit $code`;
    const before = ['unshare', '-m', 'bash', '-c', script, 'bash'];
    const first = await new FedReplay(trace, ['-o', 'sound.jsonl', '-o', output], { before, directory: folder }).end();
    expect(first.exitCode, first.stderr).toBe(1);
    const [sound, spooled] = first.statistics.outputs;
    const { created } = first.statistics.ledger.flows;
    expect(first.statistics.ledger.balanced).toBe(true);
    expect(sound).toMatchObject({ records: created, fault: null });
    const { counts } = spooled;
    expect(counts.notSent.spoolFull).toBeGreaterThan(1_000);
    expect(counts.spooledRecords).toBeGreaterThan(1_000);
    expect(counts.spooledRecords + notSent(counts)).toBe(created);
    expect(first.stderr).toContain(`${output}: ${notSent(counts)} records were not sent`);

    fs.rmdirSync(path.join(folder, 'disk'));
    fs.renameSync(path.join(folder, 'kept'), path.join(folder, 'disk'));
    const collector = new Collector(temporaryFolder(), port);
    await collector.port();
    const second = await weir(['replay', bundled('dns.pcap'), '-o', output, '--stats', 'none'], { directory: folder });
    expect(second, second.stderr).toMatchObject({ exitCode: 0 });
    const [earlier, own] = collector.flowIds();
    expect(own.length).toBe(7);
    expect(earlier.length).toBe(counts.spooledRecords);
    // The newest, in the order of the file beside.
    const lines = fs.readFileSync(path.join(folder, 'sound.jsonl'), 'utf8').trimEnd().split('\n');
    const ids = lines.map((line) => Number((JSON.parse(line) as { flowId: number }).flowId));
    expect(earlier.at(-1)).toBe(ids.at(-1));
    expect(earlier.every((id) => ids.includes(id))).toBe(true);
  });
});

describe('weir that is killed with a spool', { timeout: PATIENCE_MS }, () => {
  /** Kills a replay that has spooled. */
  async function killed(output: string, spool: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const replay = new FedReplay(await generatedTrace('flows-10k', 60_000), ['-o', output], { env });
    replay.feed(0.9);
    expect(await untilStill(spool)).toBeGreaterThan(1_000_000);
    expect(await replay.program.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
  }

  it('sends it the next time, before all else, without what was torn', async () => {
    const [spool, report] = [temporaryFolder(), path.join(temporaryFolder(), 'stats.json')];
    const port = await freeTcpPort();
    const output = `ipfix+tcp://127.0.0.1:${port}?queue=64K&spool=${spool}`;
    await killed(output, spool);
    const { files } = spoolBelow(spool);
    expect(files.length).toBeGreaterThan(0);
    const torn = files.sort().at(-1)!;
    fs.truncateSync(torn, fs.statSync(torn).size - 10);
    const collector = new Collector(temporaryFolder(), port);
    await collector.port();
    const words = ['replay', bundled('dns.pcap'), '-o', output, '--stats', 'none', '--stats-file', report];
    const { exitCode, stderr } = await weir(words);
    expect(exitCode, stderr).toBe(0);
    const [earlier, own] = collector.flowIds();
    expect(own.length).toBe(7);
    expect(earlier.length).toBeGreaterThan(10_000);
    expect(new Set(earlier).size).toBe(earlier.length);
    const { outputs, ledger } = JSON.parse(fs.readFileSync(report, 'utf8')) as RunStatistics;
    expect(ledger.balanced).toBe(true);
    const all = earlier.length + own.length;
    expect(outputs[0].counts).toMatchObject({ offered: all, exported: all, recovered: earlier.length, repeated: 0 });
    expect(spoolBelow(spool).files).toEqual([]);
    expect(fs.readdirSync(spool).flatMap((name) => fs.readdirSync(path.join(spool, name)))).toEqual([]);
  });

  it('removes it the next time when it was a temporary one, and tells what was lost', async () => {
    const place = temporaryFolder();
    const output = `ipfix+tcp://127.0.0.1:${await freeTcpPort()}?queue=64K`;
    await killed(output, place, { TMPDIR: place });
    const again = new RunningProgram(
      process.execPath,
      [programPath(), 'replay', bundled('dns.pcap'), '-o', output, '--stats', 'none'],
      { env: { ...process.env, TMPDIR: place } },
    );
    const [, records] = await again.says(/: (\d+) records in the spool of a run that was killed are lost/);
    expect(Number(records)).toBeGreaterThan(10_000);
    expect(again.stderr).toContain(`weir replay: ${output}: `);
    await again.end();
    expect(spoolBelow(place).files).toEqual([]);
  });
});

describe('weir live whose collector takes nothing', { timeout: PATIENCE_MS }, () => {
  it('ends when the time of its drain is over, with every record counted', async () => {
    const collector = new Collector(temporaryFolder());
    const port = await collector.port();
    collector.program.kill('SIGSTOP');
    const folder = temporaryFolder();
    const report = path.join(folder, 'stats.json');
    const words = [
      '-i',
      '-',
      '--idle-timeout',
      '1ms',
      '--drain-timeout',
      '2s',
      '--stats',
      'none',
      '--stats-file',
      report,
    ];
    const outputs = [path.join(folder, 'sound.jsonl'), `ipfix+tcp://127.0.0.1:${port}?queue=64K`];
    const live = await startLive([...words, ...outputs.flatMap((output) => ['-o', output])]);
    const trace = fs.readFileSync(await generatedTrace('flows-10k', 250_000));
    const piece = Math.ceil(trace.length / 50);
    // As packets come, not as fast as a file can be read.
    for (let at = 0; at < trace.length; at += piece, await delay(100))
      live.child.stdin?.write(trace.subarray(at, at + piece));
    live.child.stdin?.end();
    const { exitCode, stderr } = await live.ended;
    expect(stderr).toContain('closing the outputs: not done within --drain-timeout; the rest is given up');
    expect(exitCode).toBe(1);
    const status = JSON.parse(fs.readFileSync(report, 'utf8')) as LiveStatus;
    expect(status.ledger.balanced).toBe(true);
    const [sound, troubled] = status.outputs;
    const { offered } = sound;
    expect(sound).toMatchObject({ exported: offered, fault: null });
    expect(troubled).toMatchObject({ offered, queuedRecords: 0, spooledRecords: 0 });
    expect(troubled.notSent.failed).toBeGreaterThan(0);
    expect(troubled.exported + troubled.notSent.failed).toBe(offered);
  });
});
