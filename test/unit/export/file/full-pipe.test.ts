import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { FileSink } from '../../../../src/export/file/file-sink.js';

const full = vi.hoisted(() => ({ times: 0, largest: Infinity }));

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const writeSync = (descriptor: number, octets: Uint8Array, offset: number, length: number): number => {
    if (full.times > 0) {
      full.times--;
      throw Object.assign(new Error('resource temporarily unavailable'), { code: 'EAGAIN', errno: -11 });
    }
    return actual.writeSync(descriptor, octets, offset, Math.min(length, full.largest));
  };
  return { ...actual, writeSync, default: actual };
});

it('a pipe that is full for a while, or takes a part at a time, gets all octets', async () => {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'weir-pipe-'));
  try {
    const file = path.join(directory, 'out');
    const octets = Buffer.from(Array.from({ length: 600_000 }, (_, n) => n * 7));
    const sink = FileSink.open(file);
    full.times = 3;
    full.largest = 65_536;
    sink.write(octets, 0, octets.length);
    await sink.close();
    expect(full.times).toBe(0);
    expect(fs.readFileSync(file).equals(octets)).toBe(true);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
