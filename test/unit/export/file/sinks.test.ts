import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { gunzipSync } from 'node:zlib';

import { Zstd } from '@hpcc-js/wasm-zstd';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openSource } from '../../../../src/capture/open-source.js';
import { CompressedSink, createGzip, createZstd } from '../../../../src/export/file/compressed-sink.js';
import { FileSink } from '../../../../src/export/file/file-sink.js';
import { OutputError } from '../../../../src/export/output-error.js';
import type { Sink } from '../../../../src/export/file/sink.js';
import { ZstdFrameSink } from '../../../../src/export/file/zstd-frame-sink.js';

let directory = '';
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(tmpdir(), 'weir-sinks-'));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

/** Device that takes no octet, as a full disk does. */
const FULL_DEVICE = '/dev/full';
const hasFullDevice = fs.existsSync(FULL_DEVICE);
if (!hasFullDevice) console.log(`skipped: faults of a full disk need ${FULL_DEVICE}`);

/** Octets that compress, but not to nothing. */
function sample(octets: number): Buffer {
  const all = Buffer.alloc(octets);
  let state = 12345;
  for (let at = 0; at < octets; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    all[at] = at & 64 ? state >>> 24 : at >>> 8;
  }
  return all;
}

/** Writes in pieces of several sizes from one buffer that is overwritten after each. */
async function writeAll(sink: Sink, octets: Buffer): Promise<void> {
  const scratch = Buffer.alloc(700_000);
  const sizes = [1, 65_535, 300, 700_000, 131_072];
  for (let at = 0, n = 0; at < octets.length; n++) {
    const size = Math.min(sizes[n % sizes.length], octets.length - at);
    octets.copy(scratch, 0, at, at + size);
    sink.write(scratch, 0, size);
    scratch.fill(0xee, 0, size);
    at += size;
    if (sink.isFull) await sink.drain();
  }
}

async function rejection(promise: Promise<unknown>): Promise<OutputError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutputError);
  return error as OutputError;
}

function thrown(action: () => void): OutputError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OutputError);
    return error as OutputError;
  }
  throw new Error('expected an OutputError');
}

/** The content as the project's own readers see it. */
async function decompressed(file: string): Promise<Buffer> {
  const source = await openSource(file);
  const pieces: Buffer[] = [];
  const piece = new Uint8Array(1 << 20);
  for (;;) {
    const count = await source.read(piece, 0, piece.length);
    if (count === 0) break;
    pieces.push(Buffer.from(piece.subarray(0, count)));
  }
  expect(source.fault).toBeNull();
  source.close();
  return Buffer.concat(pieces);
}

describe('a file', () => {
  it('has the octets in their order, whatever the pieces, and replaces what was there', async () => {
    const file = path.join(directory, 'plain');
    fs.writeFileSync(file, 'former '.repeat(1_000_000));
    const octets = sample(3_000_000);
    const sink = FileSink.open(file);
    await writeAll(sink, octets);
    await sink.close();
    expect(fs.readFileSync(file).equals(octets)).toBe(true);
  });

  it('that cannot be opened is named with the cause', () => {
    const missing = path.join(directory, 'none', 'day.ipfix');
    expect(thrown(() => FileSink.open(missing))).toMatchObject({
      output: missing,
      code: 'ENOENT',
      message: `${missing}: cannot open: no such file or directory (ENOENT)`,
    });
    expect(thrown(() => FileSink.open(directory))).toMatchObject({ code: 'EISDIR' });
  });

  it.skipIf(!hasFullDevice)('on a full disk is named with the cause, once octets are to be written', async () => {
    const sink = FileSink.open(FULL_DEVICE);
    const octets = Buffer.alloc(400_000);
    sink.write(octets, 0, octets.length);
    expect(thrown(() => sink.write(octets, 0, octets.length))).toMatchObject({
      code: 'ENOSPC',
      message: '/dev/full: cannot write: no space left on device (ENOSPC)',
    });
    expect(thrown(() => sink.write(octets, 0, 10)).code).toBe('ENOSPC');
    expect((await rejection(sink.close())).code).toBe('ENOSPC');
    await sink.close();
  });

  it('that is a pipe whose reader has gone is named with the cause', async () => {
    const pipe = path.join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = fs.openSync(pipe, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const sink = FileSink.open(pipe);
    fs.closeSync(reader);
    sink.write(Buffer.from('lines'), 0, 5);
    expect(await rejection(sink.close())).toMatchObject({
      code: 'EPIPE',
      message: `${pipe}: cannot write: broken pipe (EPIPE)`,
    });
  });

  it('that is closed takes no more octets, and may be closed again', async () => {
    const sink = FileSink.open(path.join(directory, 'closed'));
    await sink.close();
    await sink.close();
    const octets = Buffer.alloc(1_000_000);
    expect(thrown(() => sink.write(octets, 0, octets.length)).message).toMatch(/closed: is closed$/);
  });
});

describe('compression', () => {
  /** As the threads do it. */
  const compressFrame = async (octets: Uint8Array): Promise<Uint8Array> => (await Zstd.load()).compress(octets, 3);
  const compressors: [string, (file: string, sink: Sink) => Promise<Sink> | Sink][] = [
    ['gzip', (file, sink) => new CompressedSink(file, sink, createGzip())],
    ['zstd, a frame at a time', (file, sink) => new ZstdFrameSink(file, sink, compressFrame)],
  ];
  const native = createZstd();
  if (native === null) console.log('skipped: zstd of Node.js itself needs Node.js 22.15');
  else compressors.push(['zstd of Node.js', (file, sink) => new CompressedSink(file, sink, createZstd()!)]);

  it.each(compressors)('with %s gives back what was written', async (_, create) => {
    for (const octets of [0, 1, 5_000_000]) {
      const file = path.join(directory, `compressed-${octets}`);
      const sink = await create(file, FileSink.open(file));
      await writeAll(sink, sample(octets));
      await sink.close();
      expect((await decompressed(file)).equals(sample(octets))).toBe(true);
      if (octets > 1) expect(fs.statSync(file).size).toBeLessThan(0.8 * octets);
    }
  });

  it.skipIf(!hasFullDevice).each(compressors)('with %s tells a fault of the file', async (_, create) => {
    const sink = await create('day.ipfix.x', FileSink.open(FULL_DEVICE));
    const error = await rejection(writeAll(sink, sample(20_000_000)).then(() => sink.close()));
    expect(error.message).toBe('/dev/full: cannot write: no space left on device (ENOSPC)');
  });

  it.each(compressors)('with %s has everything in the file once it is flushed', async (_, create) => {
    const file = path.join(directory, 'flushed');
    const sink = await create(file, FileSink.open(file));
    const octets = sample(1_500_000);
    await writeAll(sink, octets);
    expect(sink.safeOctets).toBe(0);
    sink.flush();
    await vi.waitFor(() => expect(sink.safeOctets).toBe(octets.length));
    const copy = path.join(directory, 'copy');
    fs.copyFileSync(file, copy);
    await sink.close();
    // The copy ends where a process that was killed would have left the file.
    const source = await openSource(copy);
    const piece = new Uint8Array(2_000_000);
    let filled = 0;
    for (let count = -1; count !== 0; filled += count) count = await source.read(piece, filled, piece.length);
    source.close();
    expect(Buffer.from(piece.subarray(0, filled)).equals(octets)).toBe(true);
  });

  it('is full while the compressor is behind, and no longer after drain', async () => {
    const file = path.join(directory, 'slow');
    const sink = new CompressedSink(file, FileSink.open(file), createGzip());
    const octets = sample(400_000);
    let writes = 0;
    for (; !sink.isFull; writes++) sink.write(octets, 0, octets.length);
    expect(writes * octets.length).toBeLessThan(4_000_000);
    await sink.drain();
    expect(sink.isFull).toBe(false);
    await sink.close();
    expect(gunzipSync(fs.readFileSync(file)).length).toBe(writes * octets.length);
  });

  it('tells a fault of the compressor with the name of the output', async () => {
    const file = path.join(directory, 'broken');
    const broken = Object.assign(
      new Transform({
        highWaterMark: 1,
        transform: (_chunk, _encoding, done) => done(new Error('out of memory')),
      }),
      { flush: () => undefined },
    );
    const sink = new CompressedSink(file, FileSink.open(file), broken);
    sink.write(Buffer.alloc(10), 0, 10);
    expect((await rejection(sink.close())).message).toBe(`${file}: cannot compress: out of memory`);
  });
});
