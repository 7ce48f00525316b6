import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CaptureError, captureErrorFrom } from '../../../src/capture/capture-error.js';
import { InterfaceTable } from '../../../src/capture/interface-table.js';
import { openCapture, probeCapture } from '../../../src/capture/open-capture.js';
import {
  concat,
  enhancedPacket,
  interfaceDescription,
  payload,
  pcap,
  sectionHeader,
  zstdFrame,
} from './capture-builder.js';
import { type Reading, readAll } from './reading.js';

const classic = pcap([1, 2, 3].map((seconds) => ({ seconds, subseconds: 0, data: payload(60, seconds) })));
const modern = concat([
  sectionHeader(),
  interfaceDescription({ name: 'eth7' }),
  ...[1, 2, 3].map((seed) => enhancedPacket({ time: BigInt(seed) * 1_000_000n, data: payload(60, seed) })),
]);

let folder = '';

beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-open-capture-'))));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function file(octets: Uint8Array | string, name = 'capture'): string {
  const full = path.join(folder, name);
  fs.writeFileSync(full, octets);
  return full;
}

async function read(input: string, interfaces = new InterfaceTable()): Promise<Reading> {
  return readAll(await openCapture(input, interfaces), interfaces);
}

async function errorOf(input: string): Promise<CaptureError> {
  const error: unknown = await openCapture(input, new InterfaceTable()).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CaptureError)) throw new Error(`no CaptureError but ${String(error)}`);
  expect(error.message).toBe(`${input}: ${error.detail}`);
  return error;
}

describe('a capture', () => {
  const variants: [string, Uint8Array][] = [
    ['pcap', classic],
    ['pcapng', modern],
    ['pcap in gzip', zlib.gzipSync(classic)],
    ['pcapng in gzip', zlib.gzipSync(modern)],
    ['pcap in zstd', zstdFrame(classic)],
    ['pcapng in zstd', zstdFrame(modern)],
  ];

  it.each(variants)('is recognised by its content: %s', async (_, octets) => {
    const input = file(octets, 'misnamed.txt');
    const { packets, fault, interfaces } = await read(input);
    expect(fault).toBeNull();
    expect(packets.map(({ time, captured }) => [time, captured])).toEqual([
      [1_000_000_000n, 60],
      [2_000_000_000n, 60],
      [3_000_000_000n, 60],
    ]);
    expect(interfaces.rows[0]).toMatchObject({ input, id: 0, linkType: 1 });
  });

  it('tells how much of its file has been read', async () => {
    const octets = zlib.gzipSync(classic);
    const reader = await openCapture(file(octets), new InterfaceTable());
    expect(reader.octetsTotal).toBe(octets.length);
    await readAll(reader, new InterfaceTable());
    expect(reader.octetsRead).toBe(octets.length);
  });

  it('shares the interface table with others', async () => {
    const interfaces = new InterfaceTable();
    const one = await read(file(classic, 'one'), interfaces);
    const two = await read(file(modern, 'two'), interfaces);
    expect(one.packets[0].interface).toBe(0);
    expect(two.packets[0].interface).toBe(1);
    expect(interfaces.rows.map(({ name }) => name)).toEqual([path.join(folder, 'one'), 'eth7']);
  });

  it('with nothing but the beginning of its header has a fault', async () => {
    for (let length = 4; length < 24; length++) {
      const { packets, fault } = await read(file(classic.subarray(0, length)));
      expect(packets).toHaveLength(0);
      expect(fault).toMatchObject({
        offset: 0,
        message: `the file header is cut: the capture ends ${length} octets into it`,
      });
    }
  });

  it('whose compression is damaged keeps what comes before, and names the place', async () => {
    const compressed = zlib.gzipSync(classic);
    compressed[compressed.length - 5] ^= 1;
    const { packets, fault } = await read(file(compressed));
    expect(packets).toHaveLength(3);
    expect(fault).toMatchObject({ offset: classic.length, message: expect.stringContaining('incorrect data check') });
  });
});

describe('what is no capture', () => {
  it.each([
    ['text', 'hello, world', 'it begins with 68 65 6c 6c 6f 2c 20 77 (text)'],
    ['line ends like a section header', '\n\r\r\nhello, world', '(text)'],
    ['a short file', '\xd4\xc3', 'it begins with c3 94'],
    ['an xz file', Buffer.from('fd377a585a000004', 'hex'), '(an xz file)'],
    ['a zip archive', 'PK\x03\x04....', '(a zip archive)'],
    ['an IPFIX file', Buffer.from('000a00206553f1000000000000000000', 'hex'), '(perhaps an IPFIX file)'],
    ['zeros', new Uint8Array(100), 'it begins with 00 00 00 00 00 00 00 00, a pcap'],
    ['text in gzip', zlib.gzipSync('hello, world'), '(text)'],
    ['gzip in gzip', zlib.gzipSync(zlib.gzipSync(classic)), '(compressed twice)'],
  ])('is refused: %s', async (_, octets, message) => {
    const error = await errorOf(file(octets));
    expect(error.kind).toBe('not-a-capture');
    expect(error.detail).toContain(message);
    expect(error.detail).toContain('a pcap or pcapng capture, plain or compressed with gzip or zstd, was expected');
  });

  it('is refused: an empty file, compressed or not', async () => {
    expect(await errorOf(file(''))).toMatchObject({ kind: 'empty' });
    expect(await errorOf(file(zlib.gzipSync('')))).toMatchObject({ kind: 'empty' });
  });

  it('is refused: a compressed file cut before anything', async () => {
    const error = await errorOf(file(zlib.gzipSync(classic).subarray(0, 12)));
    expect(error.kind).toBe('unreadable');
    expect(error.detail).toContain('gzip stream cut');
  });

  it('is refused: a missing file, a folder', async () => {
    expect(await errorOf(path.join(folder, 'none'))).toMatchObject({ kind: 'missing', detail: 'no such file' });
    expect(await errorOf(folder)).toMatchObject({ kind: 'directory', detail: 'is a directory, a file was expected' });
    expect(await errorOf(path.join(file('', 'plain'), 'below'))).toMatchObject({ kind: 'missing' });
  });

  it('is refused: a file that may not be read, or breaks', () => {
    const refused = (code: string) =>
      captureErrorFrom(Object.assign(new Error(`${code}: x`), { code }), 'a', 'cannot be read');
    expect(refused('EACCES')).toMatchObject({ kind: 'permission', message: 'a: permission denied' });
    expect(refused('EPERM')).toMatchObject({ kind: 'permission' });
    expect(refused('EIO')).toMatchObject({ kind: 'unreadable', message: 'a: cannot be read: EIO: x' });
  });

  it('leaves no descriptor open', async () => {
    const open = () => fs.readdirSync('/proc/self/fd').length;
    const input = file(zlib.gzipSync('hello, world'));
    await errorOf(input);
    const before = open();
    for (let again = 0; again < 20; again++) await errorOf(input);
    for (let again = 0; again < 20; again++) await probeCapture(file(classic));
    expect(open()).toBeLessThanOrEqual(before);
  });
});
