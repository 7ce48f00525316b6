import fs from 'node:fs';
import net from 'node:net';
import tty from 'node:tty';

import { CaptureError, captureErrorFrom } from './capture-error.js';
import { GunzipSource } from './gunzip-source.js';
import { FileSource, type OctetSource, PeekableSource, StreamSource } from './octet-source.js';

/** The input that is standard input. */
export const STANDARD_INPUT = '-';

const STANDARD_INPUT_DESCRIPTOR = 0;
const MAGIC_OCTETS = 4;

export type Compression = 'none' | 'gzip' | 'zstd';

/** Opens a file or standard input. What is compressed is decompressed; its content says so, not its name. */
export async function openSource(input: string): Promise<PeekableSource> {
  const plain = new PeekableSource(input === STANDARD_INPUT ? openStandardInput() : openFile(input));
  try {
    switch (compressionOf(await plain.peek(MAGIC_OCTETS))) {
      case 'gzip':
        return new PeekableSource(new GunzipSource(plain));
      case 'zstd':
        return new PeekableSource(await (await import('./zstd-source.js')).openZstd(plain));
      default:
        return plain;
    }
  } catch (error) {
    plain.close();
    throw error;
  }
}

/** RFC 1952 §2.3.1; RFC 8878 §3.1.1 and, for a skippable frame in front, §3.1.2. */
export function compressionOf(head: Uint8Array): Compression {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head.length < MAGIC_OCTETS) return 'none';
  const magic = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0, true);
  return magic === 0xfd2f_b528 || (magic & 0xffff_fff0) >>> 0 === 0x184d_2a50 ? 'zstd' : 'none';
}

function openFile(path: string): OctetSource {
  try {
    return fs.statSync(path).isFIFO() ? openNamedPipe(path) : sourceOf(fs.openSync(path, 'r'), path);
  } catch (error) {
    throw captureErrorFrom(error, path, 'cannot be opened');
  }
}

/** Not to be waited for in the thread pool, neither for its writer nor for octets: that would keep the process from ending. */
function openNamedPipe(path: string): OctetSource {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  return new StreamSource(new net.Socket({ fd: descriptor, readable: true, writable: false }));
}

function openStandardInput(): OctetSource {
  if (tty.isatty(STANDARD_INPUT_DESCRIPTOR)) {
    throw new CaptureError('usage', STANDARD_INPUT, 'standard input is a terminal: pipe or redirect a capture into it');
  }
  return sourceOf(STANDARD_INPUT_DESCRIPTOR, STANDARD_INPUT);
}

function sourceOf(descriptor: number, input: string): OctetSource {
  const inherited = descriptor === STANDARD_INPUT_DESCRIPTOR;
  const status = fs.fstatSync(descriptor);
  if (status.isFile()) return new FileSource(descriptor, status.size, inherited);
  if (status.isDirectory()) {
    if (!inherited) fs.closeSync(descriptor);
    throw new CaptureError('directory', input, 'is a directory, a file was expected');
  }
  return new StreamSource(inherited ? process.stdin : fs.createReadStream('', { fd: descriptor }));
}
