import { expect, it, vi } from 'vitest';

import { OutputError } from '../../../../src/export/output-error.js';
import { NO_COUNTS, type Output, type OutputCounts } from '../../../../src/export/output.js';
import { ClosedFlows } from '../../../../src/flow/closed-flows.js';
import { allocateClosedRing, ClosedRingReader, ClosedRingWriter } from '../../../../src/sensor/closed-ring.js';
import { countsWithSkipped, Exporting } from '../../../../src/sensor/live/exporting.js';

const WORDS = 10;
const RING_RECORDS = 65_536;
const BLOCK_RECORDS = 256;

/** An output that takes records as fast as the test lets it. */
class Valve implements Output {
  readonly name = 'valve';
  readonly fault = null;
  isFull = false;
  error: OutputError | null = null;
  taken = 0;
  private open: () => void = () => undefined;

  get isUp(): boolean {
    return this.error === null;
  }

  write(closed: ClosedFlows): void {
    if (this.error === null) this.taken += closed.count;
  }

  drain(): Promise<void> {
    return this.isFull ? new Promise((resolve) => (this.open = resolve)) : Promise.resolve();
  }

  release(): void {
    this.isFull = false;
    this.open();
  }

  counts(): OutputCounts {
    return { ...NO_COUNTS, offered: this.taken, exported: this.taken };
  }

  tick(): void {}
  statistics(): void {}
  async finish(): Promise<void> {}
}

function rig(): { offer: (records: number) => number; exporting: Exporting; fast: Valve; slow: Valve } {
  const memory = allocateClosedRing(WORDS);
  const writer = new ClosedRingWriter(memory);
  const exporting = new Exporting([new ClosedRingReader(memory)]);
  const [fast, slow] = [new Valve(), new Valve()];
  exporting.outputs = [fast, slow];
  const offer = (records: number): number => {
    const closed = new ClosedFlows(WORDS, records);
    closed.count = records;
    return writer.offer(closed, 0);
  };
  return { offer, exporting, fast, slow };
}

function pumpDry(exporting: Exporting): void {
  while (exporting.pump());
}

it('waits for a full output while there is room, then goes on without it, and counts what it missed', () => {
  const { offer, exporting, fast, slow } = rig();
  slow.isFull = true;
  offer(1_000);
  pumpDry(exporting);
  expect([fast.taken, slow.taken]).toEqual([0, 0]);
  // The hand-over is nearly full: the fast one gets its records until half of it is free again.
  offer(RING_RECORDS - 2_000);
  pumpDry(exporting);
  expect(fast.taken).toBeGreaterThan(RING_RECORDS / 2 - 2_000 - BLOCK_RECORDS);
  expect(fast.taken).toBeLessThan(RING_RECORDS / 2 + BLOCK_RECORDS);
  expect(slow.taken).toBe(0);
  expect(exporting.skipped.get(slow)).toBe(fast.taken);
  expect(countsWithSkipped(slow, fast.taken)).toMatchObject({
    offered: fast.taken,
    notSent: { queueFull: fast.taken },
  });
  slow.release();
  pumpDry(exporting);
  expect(fast.taken).toBe(RING_RECORDS - 1_000);
  expect(slow.taken + (exporting.skipped.get(slow) ?? 0)).toBe(fast.taken);
  expect(exporting.exported.flows).toBe(fast.taken);
});

it('waits at the end as long as it takes', async () => {
  const { offer, exporting, fast, slow } = rig();
  slow.isFull = true;
  offer(5_000);
  const all = exporting.pumpAll();
  setTimeout(() => slow.release(), 20);
  await all;
  expect([fast.taken, slow.taken]).toEqual([5_000, 5_000]);
  expect(exporting.skipped.size).toBe(0);
});

it('counts as not sent what every output had failed for', () => {
  const { offer, exporting, fast, slow } = rig();
  offer(100);
  fast.error = new OutputError('fast', 'ENOSPC', 'disk full');
  pumpDry(exporting);
  expect([exporting.exported.flows, exporting.noOutput.flows]).toEqual([100, 0]);
  slow.error = new OutputError('slow', 'ENOSPC', 'disk full');
  offer(50);
  pumpDry(exporting);
  expect([exporting.exported.flows, exporting.noOutput.flows]).toEqual([100, 50]);
});

it('tells when so much has come that it should come again soon, before workers put off the ends of flows', () => {
  const memory = allocateClosedRing(WORDS);
  const writer = new ClosedRingWriter(memory);
  const exporting = new Exporting([new ClosedRingReader(memory)]);
  exporting.outputs = [new Valve()];
  const closed = new ClosedFlows(WORDS, BLOCK_RECORDS);
  closed.count = BLOCK_RECORDS;
  const pressedAt: number[] = [];
  for (let n = 1; writer.hasRoomForMany; n++) {
    writer.offer(closed, 0);
    if (exporting.isPressed) pressedAt.push(n * BLOCK_RECORDS);
  }
  expect(pressedAt[0]).toBe(RING_RECORDS / 8);
  expect(pressedAt.at(-1)).toBe(RING_RECORDS / 4 + BLOCK_RECORDS);
  pumpDry(exporting);
  expect(exporting.isPressed).toBe(false);
  expect(writer.hasRoomForMany).toBe(true);
});

it('lets a ring that is filled as fast as it is emptied not keep the others waiting', () => {
  const memories = [allocateClosedRing(WORDS), allocateClosedRing(WORDS)];
  const [busy, calm] = memories.map((memory) => new ClosedRingWriter(memory));
  const exporting = new Exporting(memories.map((memory) => new ClosedRingReader(memory)));
  const closed = new ClosedFlows(WORDS, BLOCK_RECORDS);
  closed.count = BLOCK_RECORDS;
  const output = new Valve();
  vi.spyOn(output, 'write').mockImplementation(() => void busy.offer(closed, 0));
  exporting.outputs = [output];
  busy.offer(closed, 0);
  calm.offer(closed, 0);
  // Each look at the clock takes a while, so that every turn comes to its end.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 7));
  expect([exporting.pump(), exporting.pump()]).toEqual([true, true]);
  clock.mockRestore();
  expect(calm.depth).toBe(0);
  expect(busy.depth).toBeGreaterThan(0);
});

it('goes on without a full output for the ring that has no room to wait, whatever room the others have', () => {
  const memories = [allocateClosedRing(WORDS), allocateClosedRing(WORDS)];
  const [calm, busy] = memories.map((memory) => new ClosedRingWriter(memory));
  const exporting = new Exporting(memories.map((memory) => new ClosedRingReader(memory)));
  const [fast, slow] = [new Valve(), new Valve()];
  exporting.outputs = [fast, slow];
  slow.isFull = true;
  const closed = new ClosedFlows(WORDS, BLOCK_RECORDS);
  closed.count = BLOCK_RECORDS;
  calm.offer(closed, 0);
  while (busy.offer(closed, 0) > 0);
  pumpDry(exporting);
  expect({ calm: calm.depth, busy: busy.fullness < 0.5, slow: slow.taken }).toEqual({ calm: 1, busy: true, slow: 0 });
  expect(fast.taken).toBeGreaterThanOrEqual(RING_RECORDS / 2);
});
