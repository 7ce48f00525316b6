import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FileSource, type OctetSource, PeekableSource, StreamSource } from '../../../src/capture/octet-source.js';
import { openSource } from '../../../src/capture/open-source.js';
import { concat, payload } from './capture-builder.js';
import { MemorySource } from './reading.js';

const content = payload(1000, 3);
let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-octet-source-'));
  fs.writeFileSync(path.join(folder, 'file'), content);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function drain(source: OctetSource, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const target = new Uint8Array(most + 2);
    const count = await source.read(target, 2, 2 + most);
    if (count === 0) return concat(parts);
    parts.push(target.subarray(2, 2 + count));
  }
}

function openContent(): FileSource {
  return new FileSource(fs.openSync(path.join(folder, 'file'), 'r'), content.length);
}

describe('a file', () => {
  it('is read piece by piece, and again after a rewind', async () => {
    const source = openContent();
    expect(await drain(source, 300)).toEqual(content);
    expect(source.octetsRead).toBe(content.length);
    expect(source.rewind()).toBe(true);
    expect(await drain(source, 999)).toEqual(content);
    expect(source.octetsRead).toBe(content.length);
    expect(source.fault).toBeNull();
    source.close();
    source.close();
  });

  it('is read no further than to where it shall end, though it goes on', async () => {
    const source = new PeekableSource(openContent());
    source.endAt(700);
    await source.peek(10);
    expect(await drain(source, 300)).toEqual(content.subarray(0, 700));
    source.close();
  });

  it('is read from where standard input stands, and cannot be rewound there', async () => {
    const descriptor = fs.openSync(path.join(folder, 'file'), 'r');
    fs.readSync(descriptor, new Uint8Array(10));
    const source = new FileSource(descriptor, content.length, true);
    expect(await drain(source, 400)).toEqual(content.subarray(10));
    expect(source.rewind()).toBe(false);
    source.close();
    fs.closeSync(descriptor);
  });

  it('is read ahead when that was asked for and it is large', async () => {
    const small = openContent();
    small.readAhead();
    expect(small.readsAhead).toBe(false);
    small.close();
    const source = new PeekableSource(new FileSource(fs.openSync(path.join(folder, 'file'), 'r'), 16_777_216));
    await source.peek(10);
    source.endAt(700);
    source.readAhead();
    expect(source.readsAhead).toBe(true);
    const rest = new Uint8Array(1_000);
    expect(await source.read(rest, 0, 1_000)).toBe(10);
    const later = source.read(rest, 10, 1_000);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(690);
    expect(rest.subarray(0, 700)).toEqual(content.subarray(0, 700));
    expect(await source.read(rest, 700, 1_000)).toBe(0);
    source.close();
  });

  it('is read ahead several times at once, up to where it turns out to end', async () => {
    const source = new FileSource(fs.openSync(path.join(folder, 'file'), 'r'), 16_777_216);
    source.readAhead();
    const target = new Uint8Array(5 * 300);
    const starts = [0, 1, 2, 3, 4].map((n) => n * 300);
    const counts = await Promise.all(starts.map(async (start) => source.read(target, start, start + 300)));
    expect(counts).toEqual([300, 300, 300, content.length - 900, 0]);
    expect(target.subarray(0, content.length)).toEqual(content);
    expect(await source.read(target, 0, 300)).toBe(0);
    expect([source.octetsRead, source.fault]).toEqual([content.length, null]);
    source.close();
  });

  it('that grows while it is read ahead is read to its end', async () => {
    const growing = path.join(folder, 'growing');
    fs.writeFileSync(growing, content.subarray(0, 500));
    const source = new FileSource(fs.openSync(growing, 'r'), 16_777_216);
    source.readAhead();
    const target = new Uint8Array(900);
    const reads = [0, 300, 600].map(async (start) => source.read(target, start, start + 300));
    fs.appendFileSync(growing, content.subarray(500, 900));
    expect(await Promise.all(reads)).toEqual([300, 300, 300]);
    expect(target).toEqual(content.subarray(0, 900));
    expect(await source.read(target, 0, 300)).toBe(0);
    source.close();
  });

  it('that is closed while it is read ahead is closed when that is done', async () => {
    const descriptor = fs.openSync(path.join(folder, 'file'), 'r');
    const source = new FileSource(descriptor, 16_777_216);
    source.readAhead();
    const reading = source.read(new Uint8Array(9), 0, 9);
    source.close();
    expect(fs.fstatSync(descriptor).isFile()).toBe(true);
    expect(await reading).toBe(9);
    expect(() => fs.fstatSync(descriptor)).toThrow('EBADF');
    expect(source.read(new Uint8Array(9), 0, 9)).toBe(0);
  });

  it('that cannot be read ahead ends with a fault', async () => {
    const source = new FileSource(fs.openSync(folder, 'r'), 16_777_216);
    source.readAhead();
    expect(await source.read(new Uint8Array(9), 0, 9)).toBe(0);
    expect(source.fault).toMatch(/^read error: EISDIR/);
    source.close();
  });

  it('that cannot be read ends with a fault', () => {
    const descriptor = fs.openSync(folder, 'r');
    const source = new FileSource(descriptor, null);
    expect(source.read(new Uint8Array(9), 0, 9)).toBe(0);
    expect(source.fault).toMatch(/^read error: EISDIR/);
    expect(source.rewind()).toBe(false);
    source.close();
  });
});

describe('a stream', () => {
  it('is waited for', async () => {
    const stream = new PassThrough();
    const source = new StreamSource(stream);
    const all = drain(source, 64);
    for (let at = 0; at < content.length; at += 100) {
      stream.write(content.subarray(at, at + 100));
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.end();
    expect(await all).toEqual(content);
    expect(source.octetsRead).toBe(content.length);
    expect(source.octetsTotal).toBeNull();
    expect(source.fault).toBeNull();
    source.close();
  });

  it('that is there already is read without waiting', async () => {
    const stream = new PassThrough();
    stream.end(content);
    await new Promise((resolve) => setImmediate(resolve));
    expect(new StreamSource(stream).read(new Uint8Array(100), 0, 100)).toBe(100);
  });

  it('that fails ends with a fault', async () => {
    const stream = new PassThrough();
    const source = new StreamSource(stream);
    const end = source.read(new Uint8Array(9), 0, 9);
    stream.destroy(new Error('EPIPE'));
    expect(await end).toBe(0);
    expect(source.fault).toBe('read error: EPIPE');
  });

  it('may be a named pipe whose writer comes later', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const opened = openSource(pipe);
    const written = fs.promises.writeFile(pipe, content);
    const source = await opened;
    expect(await drain(source, 77)).toEqual(content);
    await written;
    source.close();
  });
});

describe('peeking', () => {
  it('takes nothing away', async () => {
    const source = new PeekableSource(new MemorySource(content, [3]));
    expect(await source.peek(4)).toEqual(content.subarray(0, 4));
    expect(await source.peek(16)).toEqual(content.subarray(0, 16));
    expect(await source.peek(4)).toEqual(content.subarray(0, 16));
    expect(await drain(source, 10)).toEqual(content);
  });

  it('gets fewer octets when there are no more', async () => {
    const source = new PeekableSource(new MemorySource(content.subarray(0, 5)));
    expect(await source.peek(16)).toEqual(content.subarray(0, 5));
    expect(await drain(source, 10)).toEqual(content.subarray(0, 5));
  });

  it('does not get into the way of a rewind', async () => {
    const source = new PeekableSource(new MemorySource(content));
    await source.peek(16);
    await source.read(new Uint8Array(8), 0, 8);
    expect(source.rewind()).toBe(true);
    expect(await drain(source, 100)).toEqual(content);
  });
});
