import { describe, expect, it } from 'vitest';

import { allocateOctetRing, RingSource, TeeSource } from '../../../src/sensor/octet-ring.js';
import { MemorySource } from '../capture/reading.js';

const RING_OCTETS = 4_194_304;
const fine = (): void => undefined;

/** Octets that tell where they stand. */
function octetsOf(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 24) ^ salt);
}

/** Reads what is there now, up to `most` octets. */
function readUpTo(source: RingSource, most: number): Uint8Array {
  const target = new Uint8Array(most);
  let octets = 0;
  while (octets < most) {
    const got = source.read(target, octets, most);
    if (got === 0) break;
    octets += got;
  }
  return target.subarray(0, octets);
}

describe('the ring of octets', () => {
  it('gives every worker the octets of every input', async () => {
    const memory = allocateOctetRing(2);
    for (let input = 0; input < 3; input++) {
      const octets = octetsOf(100_000, input);
      const tee = new TeeSource(new MemorySource(octets), memory, fine);
      const own = new Uint8Array(octets.length);
      for (let at = 0; at < own.length;) at += await tee.read(own, at, own.length);
      expect(await tee.read(own, 0, 1)).toBe(0);
      tee.close();
      expect(Buffer.from(own).equals(octets)).toBe(true);
      for (const reader of [0, 1]) {
        const source = new RingSource(memory, reader, input, fine);
        expect(Buffer.from(readUpTo(source, 200_000)).equals(octets)).toBe(true);
        source.close();
      }
    }
  });

  it('takes no more than the slowest worker has room for, and goes round', async () => {
    const memory = allocateOctetRing(2);
    const octets = octetsOf(RING_OCTETS + 300_000, 7);
    const tee = new TeeSource(new MemorySource(octets), memory, fine);
    const window = new Uint8Array(octets.length);
    let written = 0;
    while (written < RING_OCTETS) written += await tee.read(window, written, window.length);
    expect(written).toBe(RING_OCTETS);

    const [slow, fast] = [new RingSource(memory, 0, 0, fine), new RingSource(memory, 1, 0, fine)];
    expect(readUpTo(fast, 1_000_000).length).toBe(1_000_000);
    expect(readUpTo(slow, 1_000).length).toBe(1_000);
    expect(await tee.read(window, written, window.length)).toBe(1_000);
    expect(readUpTo(slow, 999_000).length).toBe(999_000);
    written += 1_000;
    while (written < octets.length) written += await tee.read(window, written, window.length);
    tee.close();
    expect(Buffer.from(readUpTo(slow, octets.length)).equals(octets.subarray(1_000_000))).toBe(true);
    expect(Buffer.from(readUpTo(fast, octets.length)).equals(octets.subarray(1_000_000))).toBe(true);
  });

  it('passes what a worker did not read of an input', async () => {
    const memory = allocateOctetRing(1);
    const first = new TeeSource(new MemorySource(octetsOf(5_000, 1)), memory, fine);
    await first.read(new Uint8Array(5_000), 0, 5_000);
    first.close();
    const second = new TeeSource(new MemorySource(Uint8Array.of(1, 2, 3)), memory, fine);
    const before = new RingSource(memory, 0, 0, fine);
    before.read(new Uint8Array(10), 0, 10);
    before.close();
    await second.read(new Uint8Array(3), 0, 3);
    second.close();
    expect([...readUpTo(new RingSource(memory, 0, 1, fine), 10)]).toEqual([1, 2, 3]);
  });

  it('ends an input where it ended, be the next ones there already', async () => {
    const memory = allocateOctetRing(1);
    const inputs = [octetsOf(1_000, 1), new Uint8Array(0), octetsOf(2_000, 2)];
    for (const octets of inputs) {
      const tee = new TeeSource(new MemorySource(octets), memory, fine);
      await tee.read(new Uint8Array(octets.length), 0, octets.length);
      tee.close();
    }
    for (const [input, octets] of inputs.entries()) {
      const source = new RingSource(memory, 0, input, fine);
      expect(Buffer.from(readUpTo(source, 10_000)).equals(octets)).toBe(true);
      source.close();
    }
  });

  it('does not wait for ever for a worker that has failed', async () => {
    const memory = allocateOctetRing(1);
    const tee = new TeeSource(new MemorySource(octetsOf(RING_OCTETS + 1, 0)), memory, () => {
      throw new Error('the worker failed');
    });
    const window = new Uint8Array(RING_OCTETS);
    for (let at = 0; at < RING_OCTETS;) at += await tee.read(window, at, RING_OCTETS);
    await expect(tee.read(window, 0, 1)).rejects.toThrow('the worker failed');
  });
});
