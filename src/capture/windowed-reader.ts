import type { CaptureReader, InputFault } from './capture-reader.js';
import { READ_OCTETS, WINDOW_OCTETS } from './capture-reader.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';

/** What both capture formats share: the window, what is carried over from the former one, the end and the fault. */
export abstract class WindowedReader implements CaptureReader {
  fault: InputFault | null = null;
  oddTimestamps = 0;
  /** The caller's window; unread octets lie from `position` to `limit`. */
  protected window: Uint8Array = new Uint8Array(0);
  protected position = 0;
  protected limit = 0;
  /** The source has no more octets. */
  protected ended = false;
  /** Offset in the capture of the window's first octet. */
  #windowOffset = 0;

  constructor(
    readonly input: string,
    private readonly source: OctetSource,
    private readonly readOctets: number = READ_OCTETS,
  ) {}

  abstract next(batch: PacketBatch): number;

  fill(window: Uint8Array): boolean | Promise<boolean> {
    if (this.fault !== null || this.ended) return false;
    if (window.length < WINDOW_OCTETS) {
      throw new RangeError(`a window of ${window.length} octets, at least ${WINDOW_OCTETS} are needed`);
    }
    const carried = this.limit - this.position;
    const inPlace = window === this.window && this.position === 0;
    if (carried > 0 && !inPlace) window.set(this.window.subarray(this.position, this.limit));
    this.#windowOffset += this.position;
    this.window = window;
    this.position = 0;
    this.limit = carried;
    if (carried === window.length) return true; // the caller has not drained the former window
    const got = this.source.read(window, carried, Math.min(window.length, carried + this.readOctets));
    return typeof got === 'number' ? this.#filled(got) : got.then((count) => this.#filled(count));
  }

  get octetsRead(): number {
    return this.source.octetsRead;
  }

  get octetsTotal(): number | null {
    return this.source.octetsTotal;
  }

  close(): void {
    this.source.close();
  }

  /** Called when the source has ended between two records: a format that still owes octets fails here. */
  protected endedCleanly(): void {}

  /** Ends the input: what stands at `position` of the window is damaged. */
  protected fail(position: number, message: string): void {
    this.failAt(this.#windowOffset + position, message);
  }

  protected failAt(offset: number, message: string): void {
    this.fault ??= { input: this.input, offset, message };
  }

  /** Ends the input: it ended within what begins at `offset` of the capture. A fault of the source comes first. */
  protected cut(offset: number, what: string): void {
    if (this.source.fault !== null) this.failAt(this.#windowOffset + this.limit, this.source.fault);
    else
      this.failAt(
        offset,
        `${what} is cut: the capture ends ${this.#windowOffset + this.limit - offset} octets into it`,
      );
  }

  protected offsetOf(position: number): number {
    return this.#windowOffset + position;
  }

  #filled(count: number): boolean {
    this.limit += count;
    if (count > 0) return true;
    this.ended = true;
    // With octets left over `next` has the last word: they are whole records not yet taken, or a cut one.
    if (this.position < this.limit) return true;
    if (this.source.fault !== null) this.fail(this.limit, this.source.fault);
    else this.endedCleanly();
    return false;
  }
}
