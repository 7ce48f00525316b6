import { expect, it } from 'vitest';

import { ClosedFlows, LONGEST_METADATA, MetadataWord } from '../../../../src/flow/closed-flows.js';
import { allocateClosedRing, ClosedRingReader, ClosedRingWriter } from '../../../../src/sensor/live/closed-ring.js';

const EXTENSION_WORDS = 10;
const CAPACITY = 65_536;

/** Rows that are known again by their first word. */
function rows(from: number, count: number): ClosedFlows {
  const closed = new ClosedFlows(EXTENSION_WORDS, count);
  for (let row = 0; row < count; row++) closed.words[row * closed.stride] = from + row;
  closed.count = count;
  return closed;
}

function take(reader: ClosedRingReader): number[] {
  const block = reader.peek();
  if (block === null) return [];
  const numbers = Array.from({ length: block.count }, (_, row) => block.words[row * block.stride]);
  reader.release();
  return numbers;
}

it('hands rows over in order, whatever the size of the blocks they come in', () => {
  const memory = allocateClosedRing(EXTENSION_WORDS);
  const writer = new ClosedRingWriter(memory);
  const reader = new ClosedRingReader(memory);
  const got: number[] = [];
  let sent = 0;
  for (const size of [1, 255, 256, 257, 1_000, 3]) {
    expect(writer.offer(rows(sent, size), 0)).toBe(size);
    sent += size;
  }
  while (reader.depth > 0) got.push(...take(reader));
  expect(got).toEqual(Array.from({ length: sent }, (_, n) => n));
  expect(reader.peek()).toBeNull();
});

it('hands metadata over with its rows, and begins another block when one has no room for the longest', () => {
  const memory = allocateClosedRing(EXTENSION_WORDS, true);
  const writer = new ClosedRingWriter(memory);
  const reader = new ClosedRingReader(memory);
  const lengths = [0, 1, LONGEST_METADATA, 300, LONGEST_METADATA, LONGEST_METADATA, LONGEST_METADATA, 0, 7];
  const closed = new ClosedFlows(EXTENSION_WORDS, lengths.length, 8 * LONGEST_METADATA);
  lengths.forEach((length, row) => {
    closed.words[row * closed.stride] = row;
    closed.putMetadata(row, new Uint8Array(length).fill(row), 0, length);
    closed.count++;
  });
  // The first row had gone before.
  expect(writer.offer(closed, 1)).toBe(lengths.length - 1);
  const blocks: number[] = [];
  const got: number[][] = [];
  for (let block = reader.peek(); block !== null; block = reader.peek()) {
    blocks.push(block.count);
    for (let row = 0; row < block.count; row++) {
      const w = row * block.stride;
      const at = block.words[w + block.metadataOffset + MetadataWord.Offset];
      const length = block.words[w + block.metadataOffset + MetadataWord.Length];
      const octets = block.metadata.slice(at, at + length);
      got.push([block.words[w], length, octets.filter((octet) => octet === block.words[w]).length]);
      expect(at + length).toBeLessThanOrEqual(block.metadataLength);
    }
    reader.release();
  }
  expect(got).toEqual(lengths.map((length, row) => [row, length, length]).slice(1));
  expect(blocks.length).toBeGreaterThan(1);
});

it('takes what there is room for and says how much, and takes on when a block is free again', () => {
  const memory = allocateClosedRing(EXTENSION_WORDS);
  const writer = new ClosedRingWriter(memory);
  const reader = new ClosedRingReader(memory);
  const many = rows(0, CAPACITY + 1_000);
  expect(writer.offer(many, 0)).toBe(CAPACITY);
  expect(writer.fullness).toBe(1);
  expect(writer.offer(many, CAPACITY)).toBe(0);
  expect(take(reader)).toHaveLength(256);
  expect(writer.fullness).toBe(255 / 256);
  expect(writer.offer(many, CAPACITY)).toBe(256);
  const got: number[] = [];
  while (reader.depth > 0) got.push(...take(reader));
  expect(got).toEqual(Array.from({ length: CAPACITY }, (_, n) => n + 256));
});
