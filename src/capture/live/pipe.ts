import fs from 'node:fs';

import { CaptureError, captureErrorFrom, errorCode, errorText } from '../capture-error.js';
import { type CaptureReader, READ_OCTETS } from '../capture-reader.js';
import type { InterfaceTable } from '../interface-table.js';
import {
  type Backend,
  type CaptureCounts,
  type CaptureState,
  type LiveCapture,
  type LiveOptions,
} from '../live-capture.js';
import { MAX_WAIT_MS, UP } from '../live-capture.js';
import type { OctetSource } from '../octet-source.js';
import { STANDARD_INPUT } from '../open-source.js';
import type { PacketBatch } from '../packet-batch.js';
import { PcapReader } from '../pcap-reader.js';
import { pcapVariant } from '../pcap-records.js';
import { SECTION_HEADER_BLOCK } from '../pcapng-blocks.js';
import { PcapngReader } from '../pcapng-reader.js';

/** How often an empty pipe is looked at: Node.js has no poll(2) for a thread that must not go back to its event loop. */
const LOOK_EVERY_MS = 5;
const MAGIC_OCTETS = 4;

/** Standard input as a file of its own, whose reads can be made not to wait without changing those of others. */
const STANDARD_INPUT_PATH = '/proc/self/fd/0';
const STANDARD_INPUT_DESCRIPTOR = 0;

/** A pcap or pcapng stream in a pipe, as `tcpdump -U -w -` on another machine writes it. */
export const PIPE: Backend = {
  name: 'pipe',
  summary: "pcap or pcapng from a named pipe or, as '-', from standard input",
  missing: () => null,
  open: (options, interfaces) => new PipeCapture(options, interfaces),
};

class PipeCapture implements LiveCapture {
  readonly interfaceName: string;
  readonly ifIndex = 0;
  readonly backend = 'pipe';
  readonly timestampTrouble = null;
  readonly countsDrops = false;
  state: CaptureState = UP;
  ended = false;
  private readonly descriptor: number;
  private readonly interfaces: InterfaceTable;
  private readonly source = new PieceSource();
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4));
  private reader: CaptureReader | null = null;
  private received = 0;
  private isNamed: boolean;

  constructor({ interfaceName, filter, fanoutGroup }: LiveOptions, interfaces: InterfaceTable) {
    this.interfaceName = interfaceName;
    this.interfaces = interfaces;
    this.setFilter(filter);
    if (fanoutGroup !== null)
      throw new CaptureError('usage', interfaceName, 'a pipe cannot be shared among workers: expected --workers 1');
    this.isNamed = interfaceName !== STANDARD_INPUT;
    this.descriptor = openWithoutWaiting(this.isNamed ? interfaceName : STANDARD_INPUT_PATH, interfaceName);
  }

  get linkType(): number {
    return this.interfaces.rows.at(-1)?.linkType ?? 0;
  }

  next(batch: PacketBatch, timeoutMs: number): number {
    const until = performance.now() + Math.min(timeoutMs, MAX_WAIT_MS);
    while (!this.ended) {
      const count = this.reader?.next(batch) ?? 0;
      if (count > 0) {
        this.received += count;
        return count;
      }
      const fault = this.reader?.fault ?? null;
      if (fault !== null) this.end(`offset ${fault.offset}: ${fault.message}`);
      else if (!this.readOn(until)) break;
    }
    batch.count = 0;
    return 0;
  }

  setFilter(filter: string | null): void {
    if (filter !== null)
      throw new CaptureError('usage', this.interfaceName, 'a pipe has no filter: filter where the stream is written');
  }

  counts(): CaptureCounts {
    return { received: this.received, droppedByKernel: 0, droppedByInterface: 0, freezes: 0 };
  }

  close(): void {
    if (this.source.isOpen && this.descriptor !== STANDARD_INPUT_DESCRIPTOR) fs.closeSync(this.descriptor);
    this.source.isOpen = false;
    this.ended = true;
  }

  /** Gets octets to the reader, waiting for them up to moment `until`; false when none came. */
  private readOn(until: number): boolean {
    for (;;) {
      const count = this.readPiece();
      if (count > 0) break;
      if (count === 0) {
        // A named pipe says so until somebody opens it for writing.
        if (!this.isNamed || this.source.octetsRead > 0) {
          this.source.isAtEnd = true;
          break;
        }
      }
      const leftMs = until - performance.now();
      if (leftMs <= 0) return false;
      Atomics.wait(this.sleeper, 0, 0, Math.min(LOOK_EVERY_MS, leftMs));
    }
    if (this.reader === null && !this.beginReader()) return !this.ended;
    if (this.reader?.fill() === false && this.reader.fault === null) this.end('');
    return true;
  }

  /** Octets read; 0 at the end, -1 when there are none yet. */
  private readPiece(): number {
    try {
      return this.source.readFrom(this.descriptor);
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') return -1;
      this.source.isAtEnd = true;
      this.end(`read error: ${errorText(error)}`);
      return 0;
    }
  }

  /** Looks at the first octets of the stream; false when there are not enough of them or they are none of a capture. */
  private beginReader(): boolean {
    const { source } = this;
    const head = source.head(MAGIC_OCTETS);
    if (head.length < MAGIC_OCTETS) {
      if (source.isAtEnd) this.end(head.length === 0 ? '' : 'the stream ended within its first octets');
      return false;
    }
    const variant = pcapVariant(head);
    const isPcapng = new DataView(head.buffer, head.byteOffset).getUint32(0, true) === SECTION_HEADER_BLOCK;
    if (variant !== null) this.reader = new PcapReader(this.interfaceName, source, variant, this.interfaces);
    else if (isPcapng) this.reader = new PcapngReader(this.interfaceName, source, this.interfaces);
    else this.end('not a capture: a pcap or pcapng stream was expected');
    return this.reader !== null;
  }

  private end(message: string): void {
    this.ended = true;
    this.state = { kind: 'gone', message: message === '' ? 'the stream has ended' : message };
  }
}

/** A descriptor whose reads do not wait. */
function openWithoutWaiting(path: string, name: string): number {
  try {
    return fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    // A socket cannot be opened a second time: it is read as it is, and the main thread has seen to it that it does not wait.
    if (path === STANDARD_INPUT_PATH && errorCode(error) === 'ENXIO') return STANDARD_INPUT_DESCRIPTOR;
    throw captureErrorFrom(error, name, 'cannot be opened');
  }
}

/** What has been read from the pipe and not yet been taken by the reader. */
class PieceSource implements OctetSource {
  readonly fault = null;
  readonly octetsTotal = null;
  octetsRead = 0;
  isAtEnd = false;
  isOpen = true;
  private readonly piece = new Uint8Array(READ_OCTETS);
  private from = 0;
  private to = 0;

  /** Reads more behind what is left; throws the system's errors. */
  readFrom(descriptor: number): number {
    if (this.from > 0) this.piece.copyWithin(0, this.from, this.to);
    this.to -= this.from;
    this.from = 0;
    const count = fs.readSync(descriptor, this.piece, this.to, this.piece.length - this.to, null);
    this.to += count;
    this.octetsRead += count;
    return count;
  }

  head(octets: number): Uint8Array {
    return this.piece.subarray(this.from, Math.min(this.to, this.from + octets));
  }

  read(target: Uint8Array, start: number, end: number): number {
    const count = Math.min(this.to - this.from, end - start);
    target.set(this.piece.subarray(this.from, this.from + count), start);
    this.from += count;
    return count;
  }

  rewind(): boolean {
    return false;
  }

  close(): void {}
}
