import { describe, expect, it } from 'vitest';

import { PacketQueue } from '../../../../src/capture/live/packet-queue.js';
import { PacketBatch } from '../../../../src/capture/packet-batch.js';

const octetsOf = (batch: PacketBatch, i: number): number[] => [
  ...batch.octets.subarray(batch.offset[i], batch.offset[i] + batch.captured[i]),
];

describe('a queue of packets', () => {
  it('gives them in order, a batch at a time', () => {
    const queue = new PacketQueue(4_096, 10);
    const batch = new PacketBatch(2);
    for (let i = 0; i < 3; i++) queue.add(new Uint8Array([i, i]), 2, 60 + i, 1_000 + i);
    expect(queue.take(batch, 1, 7)).toBe(2);
    expect([octetsOf(batch, 0), octetsOf(batch, 1)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect([batch.wire[1], batch.timeUs[1], batch.link[1], batch.interface[1], batch.latestUs]).toEqual([
      61, 1_001, 1, 7, 1_001,
    ]);
    queue.add(new Uint8Array([9]), 1, 1, 1);
    expect(queue.take(batch, 1, 7)).toBe(2);
    expect([octetsOf(batch, 0), octetsOf(batch, 1)]).toEqual([[2, 2], [9]]);
    expect(queue.take(batch, 1, 7)).toBe(0);
  });

  it('keeps the snap length, and counts what finds no room, in octets or in packets', () => {
    const queue = new PacketQueue(1_024, 512);
    const batch = new PacketBatch();
    for (let i = 0; i < 5; i++) queue.add(new Uint8Array(600), 600, 600, 0);
    expect(queue.lost).toBe(2);
    expect(queue.take(batch, 1, 0)).toBe(3);
    expect(batch.captured[0]).toBe(512);
    expect(queue.take(batch, 1, 0)).toBe(0);
    for (let i = 0; i < 20; i++) queue.add(new Uint8Array(1), 1, 1, 0);
    expect(queue.lost).toBe(2 + 12);
    expect(queue.take(batch, 1, 0)).toBe(8);
  });

  it('wakes who waits for a packet, or after the time', async () => {
    const queue = new PacketQueue(1_024, 512);
    const start = performance.now();
    await queue.wait(10);
    expect(performance.now() - start).toBeGreaterThan(8);
    setTimeout(() => queue.add(new Uint8Array(1), 1, 1, 0), 5);
    await queue.wait(50_000);
    expect(queue.take(new PacketBatch(), 1, 0)).toBe(1);
  });
});
