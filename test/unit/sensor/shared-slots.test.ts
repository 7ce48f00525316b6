import { describe, expect, it } from 'vitest';

import { allocateSharedSlots, SlotReader, SlotWriter } from '../../../src/sensor/shared-slots.js';

/** More than the ring has. */
const SLOTS = 40;

/** A ring whose writer has just committed slot number `n`, for each `n`: the batch tells which it is. */
function fill(writer: SlotWriter, n: number): void {
  const slot = writer.next();
  if (slot instanceof Promise) throw new Error('the ring is full');
  slot.window[0] = n;
  slot.batch.count = n + 1;
  slot.batch.firstNumber = 1_000 * n;
  slot.batch.timeUs[0] = n;
  writer.commit(slot);
}

describe('shared slots', () => {
  it('reach every worker, in order, in the same memory', () => {
    const memory = allocateSharedSlots(2);
    const writer = new SlotWriter(memory, 2);
    const readers = [new SlotReader(memory, 0), new SlotReader(memory, 1)];
    for (let n = 0; n < SLOTS; n++) {
      fill(writer, n);
      for (const reader of readers) {
        const slot = reader.take();
        expect(slot?.batch.count).toBe(n + 1);
        expect(slot?.batch.firstNumber).toBe(1_000 * n);
        expect(slot?.batch.timeUs[0]).toBe(n);
        expect(slot?.batch.octets[0]).toBe(n);
        reader.release(7);
      }
    }
    expect(writer.liveFlows).toBe(14);
  });

  it('end behind the last one, wherever a worker is', () => {
    const memory = allocateSharedSlots(2);
    const writer = new SlotWriter(memory, 2);
    const [slow, fast] = [new SlotReader(memory, 0), new SlotReader(memory, 1)];
    for (let n = 0; n < 3; n++) fill(writer, n);
    for (let n = 0; n < 3; n++) {
      expect(fast.take()?.batch.count).toBe(n + 1);
      fast.release(0);
    }
    writer.end();
    expect(fast.take()).toBeNull();
    for (let n = 0; n < 3; n++) {
      expect(slow.take()?.batch.count).toBe(n + 1);
      slow.release(0);
    }
    expect(slow.take()).toBeNull();
  });

  it('are not filled again while a worker still needs them', async () => {
    const memory = allocateSharedSlots(2);
    const writer = new SlotWriter(memory, 2);
    const [slow, fast] = [new SlotReader(memory, 0), new SlotReader(memory, 1)];
    let filled = 0;
    for (; ; filled++) {
      const slot = writer.next();
      if (slot instanceof Promise) {
        for (let n = 0; n < filled; n++) {
          fast.take();
          fast.release(0);
        }
        slow.take();
        slow.release(0);
        const free = await slot;
        expect(free.window[0]).toBe(0);
        break;
      }
      slot.window[0] = filled;
      writer.commit(slot);
    }
    expect(filled).toBe(16);
  });
});
