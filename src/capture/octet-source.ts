import fs from 'node:fs';
import type { Readable } from 'node:stream';

import { errorText } from './capture-error.js';

/**
 * Where the octets of a capture come from. A source never throws and never rejects: what goes wrong ends it, and `fault`
 * says why.
 */
export interface OctetSource {
  /**
   * Writes octets to `target` from `start`, at most up to `end`; returns how many, 0 only at the end of the source (or when
   * `start` is `end`). One call at a time, but of one that reads ahead: its calls are answered one after the other.
   */
  read(target: Uint8Array, start: number, end: number): number | Promise<number>;
  /** Whether it is a file as it lies on the disk, which others can open and read as well. */
  readonly isPlainFile?: boolean;
  /** Reads a plain file up to there only: all who read it are to see the same of one that grows. */
  endAt?(octets: number): void;
  /** Asks for reading in the thread pool from now on, while the caller works on what it has; `readsAhead`: it is done. */
  readAhead?(): void;
  readonly readsAhead?: boolean;
  /** Goes back to the first octet. False when that is not possible. */
  rewind(): boolean;
  /** Why the source ended before its end, null when it did not. */
  readonly fault: string | null;
  /** Octets of the file read so far: of the compressed file when it is one. */
  readonly octetsRead: number;
  /** Size of the file, null when it is not known. */
  readonly octetsTotal: number | null;
  close(): void;
}

/** Files that are smaller are read before a thread pool has started. */
const LEAST_OCTETS_AHEAD = 16_777_216;

/** A regular file, read synchronously, since the page cache answers faster than a thread pool could, or ahead. */
export class FileSource implements OctetSource {
  fault: string | null = null;
  octetsRead = 0;
  readsAhead = false;
  #position = 0;
  #end = Infinity;
  #closed = false;
  /** Reads for which the thread pool uses the descriptor, and the answer to the last of them. */
  #reading = 0;
  #answer: Promise<number> = Promise.resolve(0);

  /** `inherited` is a descriptor that is not ours to close and whose position is kept, such as standard input. */
  constructor(
    private readonly descriptor: number,
    readonly octetsTotal: number | null,
    private readonly inherited = false,
  ) {}

  get isPlainFile(): boolean {
    return !this.inherited;
  }

  endAt(octets: number): void {
    this.#end = octets;
  }

  readAhead(): void {
    this.readsAhead = !this.inherited && (this.octetsTotal ?? 0) >= LEAST_OCTETS_AHEAD;
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    if (this.fault !== null || this.#closed) return 0;
    // It may turn out to end before what has been asked for already.
    const wanted = Math.max(0, Math.min(end - start, this.#end - this.#position));
    if (this.readsAhead) return this.#readLater(target, start, wanted);
    try {
      const position = this.inherited ? null : this.#position;
      return this.#moveOn(fs.readSync(this.descriptor, target, start, wanted, position));
    } catch (error) {
      return this.#fail(error);
    }
  }

  rewind(): boolean {
    if (this.inherited || this.fault !== null) return false;
    this.#position = 0;
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.inherited && this.#reading === 0) fs.closeSync(this.descriptor);
  }

  #readLater(target: Uint8Array, start: number, wanted: number): Promise<number> {
    const position = this.#position;
    this.#position += wanted;
    this.#reading++;
    const outcome = new Promise<number | Error>((resolve) => {
      fs.read(this.descriptor, target, start, wanted, position, (error, count) => {
        if (--this.#reading === 0 && this.#closed) fs.closeSync(this.descriptor);
        resolve(error ?? count);
      });
    });
    // Several threads read: what was asked for first is answered first.
    this.#answer = this.#answer.then(async () => {
      const result = await outcome;
      // Behind a fault, or where the file has turned out to end, nothing comes.
      if (this.fault !== null || position >= this.#end) return 0;
      if (typeof result !== 'number') return this.#fail(result);
      const count = this.#complete(result, target, start, wanted, position);
      this.octetsRead = position + count;
      return count;
    });
    return this.#answer;
  }

  /** A read may bring less than there is, even of a file: gets the rest of what was wanted, up to the end or a fault. */
  #complete(had: number, target: Uint8Array, start: number, wanted: number, position: number): number {
    let count = had;
    while (count < wanted && !this.#closed) {
      try {
        const more = fs.readSync(this.descriptor, target, start + count, wanted - count, position + count);
        if (more === 0) {
          this.#end = position + count;
          break;
        }
        count += more;
      } catch (error) {
        this.#fail(error);
        break;
      }
    }
    return count;
  }

  #moveOn(count: number): number {
    this.#position += count;
    if (this.#position > this.octetsRead) this.octetsRead = this.#position;
    return count;
  }

  #fail(error: unknown): number {
    this.fault = `read error: ${errorText(error)}`;
    return 0;
  }
}

/** A pipe, a socket, a device: whatever can keep us waiting, so that signals and timers are served meanwhile. */
export class StreamSource implements OctetSource {
  fault: string | null = null;
  octetsRead = 0;
  readonly octetsTotal = null;
  #chunk: Uint8Array | null = null;
  #taken = 0;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(private readonly stream: Readable) {
    stream.on('readable', () => this.#signal());
    stream.on('end', () => this.#end(null));
    stream.on('error', (error) => this.#end(`read error: ${errorText(error)}`));
    stream.on('close', () => this.#end(null));
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    const count = this.#take(target, start, end);
    return count > 0 || this.#ended || start === end ? count : this.#wait(target, start, end);
  }

  rewind(): boolean {
    return false;
  }

  close(): void {
    this.stream.destroy();
  }

  async #wait(target: Uint8Array, start: number, end: number): Promise<number> {
    for (;;) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      const count = this.#take(target, start, end);
      if (count > 0 || this.#ended) return count;
    }
  }

  #take(target: Uint8Array, start: number, end: number): number {
    this.#chunk ??= this.stream.read() as Uint8Array | null;
    if (this.#chunk === null) return 0;
    const count = Math.min(end - start, this.#chunk.length - this.#taken);
    target.set(this.#chunk.subarray(this.#taken, this.#taken + count), start);
    this.#taken += count;
    this.octetsRead += count;
    if (this.#taken === this.#chunk.length) {
      this.#chunk = null;
      this.#taken = 0;
    }
    return count;
  }

  #end(fault: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.fault = fault;
    this.#signal();
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** A source whose first octets can be looked at before they are read. */
export class PeekableSource implements OctetSource {
  #head = new Uint8Array(0);
  #served = 0;

  constructor(private readonly inner: OctetSource) {}

  /** The next `count` octets, fewer when the source ends before. To be called before the first `read`. */
  async peek(count: number): Promise<Uint8Array> {
    const head = new Uint8Array(Math.max(count, this.#head.length));
    head.set(this.#head);
    let have = this.#head.length;
    while (have < count) {
      const got = await this.inner.read(head, have, count);
      if (got === 0) break;
      have += got;
    }
    this.#head = head.subarray(0, have);
    return this.#head;
  }

  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    if (this.#served === this.#head.length) return this.inner.read(target, start, end);
    const count = Math.min(end - start, this.#head.length - this.#served);
    target.set(this.#head.subarray(this.#served, this.#served + count), start);
    this.#served += count;
    return count;
  }

  rewind(): boolean {
    if (!this.inner.rewind()) return false;
    this.#served = this.#head.length;
    return true;
  }

  get isPlainFile(): boolean {
    return this.inner.isPlainFile ?? false;
  }

  endAt(octets: number): void {
    this.inner.endAt?.(octets);
  }

  readAhead(): void {
    this.inner.readAhead?.();
  }

  get readsAhead(): boolean {
    return this.inner.readsAhead ?? false;
  }

  get fault(): string | null {
    return this.inner.fault;
  }

  get octetsRead(): number {
    return this.inner.octetsRead;
  }

  get octetsTotal(): number | null {
    return this.inner.octetsTotal;
  }

  close(): void {
    this.inner.close();
  }
}
