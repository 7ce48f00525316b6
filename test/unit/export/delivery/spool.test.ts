import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { Backlog } from '../../../../src/export/delivery/backlog.js';
import { holdFolder, releaseFolder } from '../../../../src/export/delivery/folder-lock.js';
import type { Message } from '../../../../src/export/delivery/message.js';
import { Spool } from '../../../../src/export/delivery/spool.js';
import {
  LastingFolder,
  removeAbandonedFolders,
  TemporaryFolder,
} from '../../../../src/export/delivery/spool-folder.js';
import { readSegment, SpoolSegment } from '../../../../src/export/delivery/spool-segment.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';
import type { OutputError } from '../../../../src/export/output-error.js';
import { temporaryFolder } from '../../../support/run-weir.js';

/** The disk under the spools of this file: it takes what is free, and gets back what is removed. */
interface Disk {
  free: number;
}
const disk: Disk = vi.hoisted(() => ({ free: Infinity }));
vi.mock('node:fs', async (load) => {
  const real = await load<typeof fs>();
  const full = (): Error => Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28 });
  const writeSync = (file: number, octets: Buffer, at: number, length: number, position: number): number => {
    if (disk.free === 0) throw full();
    const written = real.writeSync(file, octets, at, Math.min(length, disk.free), position);
    disk.free -= written;
    return written;
  };
  const ftruncateSync = (file: number, length: number): void => {
    disk.free += real.fstatSync(file).size - length;
    real.ftruncateSync(file, length);
  };
  const rmSync = (file: string, options: fs.RmOptions): void => {
    disk.free += real.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    real.rmSync(file, options);
  };
  const statfsSync = (file: string): { bavail: number; bsize: number } =>
    disk.free === Infinity ? real.statfsSync(file) : { bavail: disk.free, bsize: 1 };
  return { ...real, default: real, writeSync, ftruncateSync, rmSync, statfsSync };
});

const EVERYTHING = { octets: Infinity, messages: Infinity, records: Infinity };
const SMALL_SPOOL = 20_000;

function message(number: number, generation = 'now', kind = MessageKind.Data): Message {
  const octets = Buffer.alloc(1_000);
  octets.writeUInt32BE(number);
  return { octets, kind, records: 1, generation, ordinal: number, isRepeat: false, sentMs: 0 };
}

function numbers(messages: readonly Message[]): number[] {
  return messages.map(({ octets }) => Buffer.from(octets).readUInt32BE());
}

/** All that waits, in order. */
function takeAll(backlog: Backlog): number[] {
  const taken: number[] = [];
  while (!backlog.isEmpty) taken.push(...numbers(backlog.take(EVERYTHING)));
  return taken;
}

interface Opened {
  readonly spool: Spool;
  readonly faults: OutputError[];
  /** Where its files are. */
  readonly folder: string;
}

function open(parent: string, generation: string, maxOctets: number): Opened {
  const folder = new LastingFolder('test', parent);
  const faults: OutputError[] = [];
  const options = { folder, maxOctets, generation, introduction: () => [], now: () => 0 };
  return { spool: new Spool({ ...options, onError: (error) => faults.push(error) }), faults, folder: folder.make() };
}

function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).sort();
}

describe('a file of the spool', () => {
  it('is read up to what the disk has damaged', () => {
    const file = path.join(temporaryFolder(), 'a.spool');
    const segment = new SpoolSegment(file);
    for (let n = 0; n < 5; n++) segment.append(message(n));
    segment.close();
    const octets = fs.readFileSync(file);
    octets[8 + 3 * 1_018 + 500] ^= 1;
    fs.writeFileSync(file, octets);
    expect(numbers(readSegment(file, 'now'))).toEqual([0, 1, 2]);
    octets.fill(0, 8);
    fs.writeFileSync(file, octets);
    expect(readSegment(file, 'now')).toEqual([]);
  });
});

describe('a spool on a disk that is full', () => {
  function spoolWith(disk: Disk, octets: number): Opened {
    const opened = open(temporaryFolder(), 'now', 1_000_000_000);
    disk.free = octets;
    onTestFinished(() => void (disk.free = Infinity));
    return opened;
  }

  it('drops its oldest for what comes, and accounts for each record', () => {
    const { spool, faults } = spoolWith(disk, 1_500_000);
    const many = 8_000;
    for (let n = 0; n < many; n++) spool.append(message(n));
    const backlog = new Backlog(0, spool);
    const { records, dropped, failed } = spool;
    expect(dropped).toBeGreaterThan(many / 2);
    expect(records).toBeGreaterThan(500);
    expect(records + dropped + failed).toBe(many);
    expect(failed).toBe(0);
    expect(faults).toEqual([]);
    disk.free = Infinity;
    // The newest, in order, without a gap.
    expect(takeAll(backlog)).toEqual(Array.from({ length: records }, (_, n) => many - records + n));
  });

  it('accounts for what has no room at the end', () => {
    const { spool } = spoolWith(disk, 100_000);
    const backlog = new Backlog(10_000, spool);
    const many = 300;
    for (let n = 0; n < many; n++) backlog.add(message(n));
    const { kept, lost } = backlog.close();
    expect(kept).toBeGreaterThan(50);
    expect(kept + lost + spool.dropped + spool.failed + backlog.spoolFull).toBe(many);
    expect(spool.dropped + spool.failed).toBeGreaterThan(0);
  });

  it('counts what it has no room for at all, and goes on when there is some', () => {
    const { spool, faults } = spoolWith(disk, 0);
    const many = 1_000;
    for (let n = 0; n < many; n++) spool.append(message(n));
    spool.flush();
    expect([spool.failed, spool.records]).toEqual([many, 0]);
    expect(faults[0].message).toBe('test: cannot write the spool: no space left on device (ENOSPC)');
  });
});

describe('a full spool', () => {
  it('drops what waits in memory first, since it is older, but no Templates', () => {
    const { spool } = open(temporaryFolder(), 'now', SMALL_SPOOL);
    const backlog = new Backlog(3_500, spool);
    backlog.add(message(0, 'now', MessageKind.Templates));
    const many = 40;
    for (let n = 1; n <= many; n++) backlog.add(message(n));
    expect(backlog.spoolFull).toBe(2);
    expect(spool.dropped).toBeGreaterThan(0);
    const left = many - 2 - spool.dropped;
    expect(takeAll(backlog)).toEqual([0, ...Array.from({ length: left }, (_, n) => many - left + 1 + n)]);
  });

  it('counts what it drops of an earlier run', () => {
    const parent = temporaryFolder();
    const first = open(parent, 'a', SMALL_SPOOL);
    for (let n = 0; n < 10; n++) first.spool.append(message(n, 'a'));
    expect(first.spool.close([])).toBe(10);
    const { spool } = open(parent, 'b', SMALL_SPOOL);
    expect([spool.records, spool.recovered]).toEqual([0, 0]);
    for (let n = 0; n < 100; n++) spool.append(message(n, 'b'));
    expect(spool.recovered).toBe(10);
    expect(spool.dropped + spool.records).toBe(110);
  });
});

describe('the files of a spool', () => {
  it('that cannot be removed are told, and do not end anything', () => {
    const { spool, faults, folder } = open(temporaryFolder(), 'now', SMALL_SPOOL);
    spool.append(message(1));
    expect(spool.read()).toHaveLength(1);
    const [segment] = filesIn(folder).filter((name) => name.endsWith('.spool'));
    fs.rmSync(path.join(folder, segment));
    // A folder stands in for a file that may not be removed: root may remove all files.
    fs.mkdirSync(path.join(folder, segment, 'in the way'), { recursive: true });
    spool.append(message(2));
    expect(numbers(spool.read())).toEqual([2]);
    expect(faults.map(({ message: text }) => text)).toEqual([
      expect.stringContaining('test: cannot remove a file of the spool: ') as string,
    ]);
  });

  it('go into a folder that is made again when somebody has removed it', () => {
    const { spool, faults, folder } = open(temporaryFolder(), 'now', SMALL_SPOOL);
    spool.append(message(1));
    spool.read();
    fs.rmSync(folder, { recursive: true });
    spool.append(message(2));
    expect(holdFolder(folder, 'test')).toBe(process.pid);
    expect(numbers(spool.read())).toEqual([2]);
    expect(faults).toEqual([]);
  });
});

describe('the lock of a folder', () => {
  async function sleeping(): Promise<ChildProcess> {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    return child;
  }

  it('is that of a process, for as long as it lives', async () => {
    const folder = temporaryFolder();
    const other = await sleeping();
    // Without more than its id, a process has it as long as there is one.
    fs.writeFileSync(path.join(folder, `${other.pid}.lock`), '');
    expect(holdFolder(folder, 'test')).toBe(other.pid);
    expect(filesIn(folder)).toEqual([`${other.pid}.lock`]);
    const gone = once(other, 'close');
    other.kill('SIGKILL');
    await gone;
    expect(holdFolder(folder, 'test')).toBeNull();
    expect(filesIn(folder)).toEqual([`${process.pid}.lock`]);
    expect(holdFolder(folder, 'test')).toBe(process.pid);
    releaseFolder(folder);
    expect(filesIn(folder)).toEqual([]);
  });

  it('is not that of another process that has the same id by now', async () => {
    const folder = temporaryFolder();
    const other = await sleeping();
    expect(holdFolder(folder, 'test')).toBeNull();
    const own = path.join(folder, `${process.pid}.lock`);
    const before = { ...(JSON.parse(fs.readFileSync(own, 'utf8')) as object), start: 'another time' };
    for (const pid of [process.pid, other.pid]) {
      fs.writeFileSync(path.join(folder, `${pid}.lock`), JSON.stringify(before));
    }
    expect(holdFolder(folder, 'test')).toBeNull();
    expect(filesIn(folder)).toEqual([`${process.pid}.lock`]);
  });
});

describe('temporary folders', () => {
  function temporaryPlace(): string {
    const place = temporaryFolder();
    vi.stubEnv('TMPDIR', place);
    onTestFinished(() => void vi.unstubAllEnvs());
    return place;
  }

  it('of runs that were killed are removed, and what was in them is told', () => {
    const place = temporaryPlace();
    const folder = new TemporaryFolder('ipfix+tcp://collector');
    const made = folder.make();
    const segment = new SpoolSegment(path.join(made, 'now-0000000001.spool'));
    for (let n = 0; n < 12; n++) segment.append(message(n));
    segment.close();
    const told: string[] = [];
    const tell = (text: string): void => void told.push(text);
    removeAbandonedFolders(tell);
    expect([filesIn(place), told]).toEqual([[path.basename(made)], []]);
    const lock = path.join(made, `${process.pid}.lock`);
    const killed = { ...(JSON.parse(fs.readFileSync(lock, 'utf8')) as object), start: 'another time' };
    fs.writeFileSync(lock, JSON.stringify(killed));
    fs.mkdirSync(path.join(place, 'weir-spool-without-lock'));
    removeAbandonedFolders(tell);
    expect(filesIn(place)).toEqual(['weir-spool-without-lock']);
    expect(told).toEqual([
      'ipfix+tcp://collector: 12 records in the spool of a run that was killed are lost: with spool=FOLDER they stay',
    ]);
  });

  it('of processes in another container are left alone', () => {
    const place = temporaryPlace();
    const made = new TemporaryFolder('elsewhere').make();
    const lock = path.join(made, `${process.pid}.lock`);
    const elsewhere = { ...(JSON.parse(fs.readFileSync(lock, 'utf8')) as object), pidSpace: 'pid:[1]' };
    fs.writeFileSync(lock, JSON.stringify(elsewhere));
    const told: string[] = [];
    removeAbandonedFolders((text) => told.push(text));
    expect([filesIn(place), told]).toEqual([[path.basename(made)], []]);
  });
});
