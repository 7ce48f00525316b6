import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Backlog } from '../../../../src/export/delivery/backlog.js';
import { FaultLog } from '../../../../src/export/delivery/fault-log.js';
import { flowRecords, type Message } from '../../../../src/export/delivery/message.js';
import { Rate } from '../../../../src/export/delivery/rate.js';
import { ResendWindow } from '../../../../src/export/delivery/resend-window.js';
import { Spool } from '../../../../src/export/delivery/spool.js';
import { LastingFolder } from '../../../../src/export/delivery/spool-folder.js';
import { readSegment, SpoolSegment } from '../../../../src/export/delivery/spool-segment.js';
import { backOffMs } from '../../../../src/export/delivery/surroundings.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';
import { OutputError } from '../../../../src/export/output-error.js';

function message(number: number, octets = 20, records = 1, kind = MessageKind.Data): Message {
  const content = Buffer.alloc(octets);
  content.writeUInt32BE(number);
  return { octets: content, kind, records, generation: 'now', ordinal: 0, isRepeat: false, sentMs: number };
}

function numbers(messages: readonly Message[]): number[] {
  return messages.map(({ octets }) => Buffer.from(octets).readUInt32BE());
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-spool-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a pause before the next try', () => {
  it('doubles up to half a minute, with jitter down to half of it', () => {
    const longest = [0, 1, 2, 3, 7, 8, 9, 50].map((failures) => backOffMs(failures, 0));
    expect(longest).toEqual([0, 250, 500, 1_000, 16_000, 30_000, 30_000, 30_000]);
    expect(backOffMs(1, 0.999)).toBeCloseTo(125, 0);
    expect(backOffMs(60, 0.5)).toBe(22_500);
  });
});

describe('a rate', () => {
  it('is kept over any time, whatever messages hold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 500 })),
        (perSecond, sizes) => {
          const rate = new Rate(perSecond, 0);
          let now = 0;
          let sent = 0;
          for (const size of sizes) {
            while (rate.allowed(now) < 1) now += rate.waitMs;
            rate.use(size);
            sent += size;
          }
          const last = sizes.at(-1) ?? 0;
          expect(sent - last).toBeLessThanOrEqual(Math.max(1, 0.02 * perSecond) + (perSecond * now) / 1000);
        },
      ),
    );
  });
});

describe('faults', () => {
  it('are told at once when they are new, and once a minute when they last', () => {
    let now = 0;
    const told: string[] = [];
    const log = new FaultLog(
      (text) => told.push(text),
      () => now,
    );
    const refused = new OutputError('x', 'ECONNREFUSED', 'refused');
    for (; now < 60_000; now += 100) log.note(refused);
    log.note(new OutputError('x', null, 'something else'));
    expect(told).toEqual(['x: refused', 'x: something else']);
    log.note(refused);
    expect(told.at(-1)).toBe('x: refused (599 times more in the last minute)');
    expect(log.count).toBe(602);
    log.clear();
    log.note(refused);
    expect(told.at(-1)).toBe('x: refused');
  });

  it('are few lines in the log, whatever they say', () => {
    let now = 0;
    const told: string[] = [];
    const log = new FaultLog(
      (text) => told.push(text),
      () => now,
    );
    for (let n = 0; n < 10_000; n++, now += 6) log.note(new OutputError('x', null, `fault ${n}`));
    expect(told).toHaveLength(16);
    for (let n = 0; n < 10_000; n++, now += 6) log.note(new OutputError('x', null, `other fault ${n}`));
    expect(told).toHaveLength(32);
    expect(told[16]).toBe('x: other fault 0 (and 9984 other faults)');
    expect(log.count).toBe(20_000);
  });
});

describe('what was sent last', () => {
  it('is bounded by octets and by time', () => {
    const window = new ResendWindow({ octets: 100, ms: 50 });
    for (let n = 0; n < 10; n++) window.add(message(n));
    window.trim(56);
    expect(numbers(window.takeAll())).toEqual([6, 7, 8, 9]);
    for (let n = 0; n < 10; n++) window.add(message(n));
    expect(numbers(window.takeAll())).toEqual([5, 6, 7, 8, 9]);
  });
});

describe('a file of the spool', () => {
  it('gives back what is whole after it was cut anywhere', () => {
    const file = path.join(temporaryFolder(), 'a.spool');
    const segment = new SpoolSegment(file);
    const messages = [message(1, 30, 3), message(2, 300_000, 70), message(3, 4, 0, MessageKind.Templates), message(4)];
    for (const each of messages) segment.append(each);
    segment.close();
    expect(segment.records).toBe(74);
    expect(segment.octets).toBe(fs.statSync(file).size);
    const whole = fs.readFileSync(file);
    expect(readSegment(file, 'now')).toEqual(messages.map((each) => ({ ...each, sentMs: 0 })));
    const ends = [56, 300_074, 300_096, 300_134];
    expect(whole.length).toBe(ends.at(-1));
    for (const cut of [0, 7, 8, 25, 55, 56, 57, 300_073, 300_074, 300_095, 300_096, 300_110, 300_134]) {
      fs.writeFileSync(file, whole.subarray(0, cut));
      expect(readSegment(file, 'now')).toHaveLength(ends.filter((end) => end <= cut).length);
    }
    fs.writeFileSync(file, Buffer.alloc(100, 7));
    expect(readSegment(file, 'now')).toEqual([]);
  });
});

describe('a backlog', () => {
  /** A spool whose disk can be taken away. */
  function spooled(maxOctets: number): { spool: Spool; faults: OutputError[]; folder: string } {
    const parent = temporaryFolder();
    const folder = new LastingFolder('test', parent);
    const faults: OutputError[] = [];
    const options = { folder, maxOctets, generation: 'now', introduction: () => [], now: () => 0 };
    return { spool: new Spool({ ...options, onError: (error) => faults.push(error) }), faults, folder: folder.make() };
  }

  const everything = { octets: Infinity, messages: Infinity, records: Infinity };

  it('keeps order and sums, whatever is taken, given back and added', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 4, max: 2_000 }) }),
      fc.record({ take: fc.integer({ min: 0, max: 3_000 }), arrives: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, hasSpool) => {
        const spool = hasSpool ? spooled(20_000).spool : null;
        const backlog = new Backlog(5_000, spool);
        let added = 0;
        let arrived = 0;
        let last = -1;
        for (const each of steps) {
          if ('add' in each) {
            backlog.add(message(added++, each.add));
          } else {
            const taken = backlog.take({ ...everything, octets: each.take });
            if (each.arrives) {
              for (const number of numbers(taken)) {
                expect(number).toBeGreaterThan(last);
                last = number;
              }
              arrived += taken.length;
            } else {
              backlog.giveBack(taken);
            }
          }
          const waiting = backlog.queued.records + (spool?.records ?? 0);
          const lost = backlog.queueFull + (spool?.dropped ?? 0) + (spool?.failed ?? 0);
          expect(arrived + waiting + lost).toBe(added);
          // Without a spool what was taken back stays, and goes as the oldest when more comes.
          if (spool === null) expect(backlog.queued.octets).toBeLessThanOrEqual(5_000);
          else expect(spool.octets).toBeLessThanOrEqual(20_000 + 2_500 + 2_014);
        }
        spool?.close([]);
      }),
      { numRuns: 50 },
    );
  });

  it('counts what a disk does not take, and goes on when it does again', () => {
    const { spool, faults, folder } = spooled(1_000_000);
    const backlog = new Backlog(100, spool);
    for (let n = 0; n < 5; n++) backlog.add(message(n));
    fs.rmSync(folder, { recursive: true });
    fs.writeFileSync(folder, 'in the way');
    for (let n = 5; n < 10; n++) backlog.add(message(n));
    expect(spool.failed).toBe(5);
    expect(faults).toHaveLength(1);
    expect(faults[0].message).toContain('cannot write the spool: file already exists (EEXIST)');
    expect(numbers(backlog.take(everything))).toEqual([0, 1, 2, 3, 4]);
  });

  it('tells what waits for another run from what is lost', () => {
    const { spool } = spooled(1_000_000);
    const backlog = new Backlog(100, spool);
    for (let n = 0; n < 20; n++) backlog.add(message(n, 20, 2));
    expect(backlog.close()).toEqual({ kept: 40, lost: 0 });
    const other = new Backlog(100, null);
    for (let n = 0; n < 4; n++) other.add(message(n));
    expect(other.close()).toEqual({ kept: 0, lost: 4 });
  });

  it('counts flow records alone', () => {
    expect(flowRecords(message(1, 20, 5))).toBe(5);
    expect(flowRecords(message(1, 20, 5, MessageKind.Options))).toBe(0);
  });
});
