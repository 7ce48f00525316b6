import { CaptureError } from './capture-error.js';
import type { CaptureReader, ReadOptions } from './capture-reader.js';
import type { InterfaceTable } from './interface-table.js';
import { compressionOf, openSource } from './open-source.js';
import type { PeekableSource } from './octet-source.js';
import { PcapReader } from './pcap-reader.js';
import { pcapVariant, type PcapVariant } from './pcap-records.js';
import { BYTE_ORDER_OFFSET, SECTION_HEADER_BLOCK, sectionByteOrder } from './pcapng-blocks.js';
import { PcapngReader } from './pcapng-reader.js';

/** Octets that tell what a file is. */
const HEAD_OCTETS = 16;
const MAGIC_OCTETS = 4;

const EXPECTED = 'a pcap or pcapng capture, plain or compressed with gzip or zstd, was expected';

/** Other files that are easily taken for captures, by what they begin with. */
const LOOKALIKES: readonly (readonly [head: string, what: string])[] = [
  ['snoop\0\0\0', 'a snoop capture'],
  ['BZh', 'a bzip2 file'],
  ['\xfd7zXZ\0', 'an xz file'],
  ['\x04\x22\x4d\x18', 'an lz4 file'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x00\x0a', 'perhaps an IPFIX file'],
];

type Format = PcapVariant | 'pcapng';

export interface OpenOptions extends ReadOptions {
  /** What the octets are to go through. */
  readonly through?: (source: PeekableSource, input: string) => PeekableSource;
}

/** Opens a capture file, or standard input (`-`). Rejects with a `CaptureError` when there is none to read. */
export async function openCapture(
  input: string,
  interfaces: InterfaceTable,
  options: OpenOptions = {},
): Promise<CaptureReader> {
  const source = await openSource(input);
  return readerOf(input, options.through?.(source, input) ?? source, interfaces, options);
}

/** The reader for the capture that `source` is; closes it when it is none. */
export async function readerOf(
  input: string,
  source: PeekableSource,
  interfaces: InterfaceTable,
  options?: ReadOptions,
): Promise<CaptureReader> {
  try {
    const format = await formatOf(input, source);
    return format === 'pcapng'
      ? new PcapngReader(input, source, interfaces, options)
      : new PcapReader(input, source, format, interfaces, options);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Rejects with a `CaptureError` when the input cannot be read as a capture. */
export async function probeCapture(input: string): Promise<void> {
  const source = await openSource(input);
  try {
    await formatOf(input, source);
  } finally {
    source.close();
  }
}

async function formatOf(input: string, source: PeekableSource): Promise<Format> {
  const head = await source.peek(HEAD_OCTETS);
  const variant = pcapVariant(head);
  if (variant !== null) return variant;
  if (isPcapng(head)) return 'pcapng';
  if (source.fault !== null) throw new CaptureError('unreadable', input, source.fault);
  if (head.length === 0) throw new CaptureError('empty', input, `the file is empty, ${EXPECTED}`);
  throw new CaptureError('not-a-capture', input, `not a capture: ${describe(head)}, ${EXPECTED}`);
}

/** The block type alone could be the line ends of a text, so the byte-order magic has to be there, if anything is. */
function isPcapng(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < MAGIC_OCTETS || view.getUint32(0, true) !== SECTION_HEADER_BLOCK) return false;
  return head.length < BYTE_ORDER_OFFSET + MAGIC_OCTETS || sectionByteOrder(view, 0) !== null;
}

function describe(head: Uint8Array): string {
  const shown = [...head.subarray(0, 8)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
  const text = String.fromCharCode(...head);
  const known = LOOKALIKES.find(([begin]) => text.startsWith(begin))?.[1];
  const compressed = compressionOf(head) !== 'none' ? 'compressed twice' : undefined;
  const what = known ?? compressed ?? (isText(head) ? 'text' : undefined);
  return `it begins with ${shown}${what === undefined ? '' : ` (${what})`}`;
}

function isText(head: Uint8Array): boolean {
  return head.every((octet) => octet === 9 || octet === 10 || octet === 13 || (octet >= 0x20 && octet < 0x7f));
}
