import {
  AHEAD_OCTETS,
  type CaptureReader,
  createWindow,
  type InputFault,
  LONGEST_CARRY_OCTETS,
  READ_OCTETS,
} from './capture-reader.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';

const enum Zone {
  First = LONGEST_CARRY_OCTETS,
  Second = Zone.First + AHEAD_OCTETS + LONGEST_CARRY_OCTETS,
}

/**
 * What both capture formats share: the window, what is carried over in it, the end and the fault.
 *
 * The window is one zone, or two of which one is read ahead into while the packets in the other are taken. In front of each
 * zone there is room for what is carried over: what is left of the octets before, moved to where the new ones begin.
 */
export abstract class WindowedReader implements CaptureReader {
  fault: InputFault | null = null;
  oddTimestamps = 0;
  /** Unread octets of the window lie from `position` to `limit`. */
  protected position = 0;
  protected limit = 0;
  /** The source has no more octets. */
  protected ended = false;
  /** Offset in the capture of the window's first octet. */
  #windowOffset = 0;
  /** First octet of the zone that is read into next. */
  #zone: number = Zone.First;
  /** Octets that are being read ahead into that zone. */
  #ahead: Promise<number> | null = null;

  constructor(
    readonly input: string,
    private readonly source: OctetSource,
    protected readonly window = createWindow(),
    private readonly readOctets: number = source.readsAhead === true ? AHEAD_OCTETS : READ_OCTETS,
  ) {}

  abstract next(batch: PacketBatch): number;

  fill(): boolean | Promise<boolean> {
    if (this.fault !== null || this.ended) return false;
    if (this.limit - this.position > LONGEST_CARRY_OCTETS) return true; // the caller has not taken what there is
    this.#carryOver();
    const got = this.#ahead ?? this.#read();
    return typeof got === 'number' ? this.#filled(got) : got.then((count) => this.#filled(count));
  }

  get octetsRead(): number {
    return this.source.octetsRead;
  }

  get octetsTotal(): number | null {
    return this.source.octetsTotal;
  }

  async close(): Promise<void> {
    this.source.close();
    await this.#ahead;
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

  #read(): number | Promise<number> {
    return this.source.read(this.window, this.#zone, this.#zone + this.readOctets);
  }

  /** Moves what is left to where the next octets begin. */
  #carryOver(): void {
    const start = this.#zone - (this.limit - this.position);
    this.window.copyWithin(start, this.position, this.limit);
    this.#windowOffset += this.position - start;
    this.position = start;
    this.limit = this.#zone;
  }

  #filled(count: number): boolean {
    this.limit += count;
    if (count > 0) {
      this.#readAhead();
      return true;
    }
    this.ended = true;
    // With octets left over `next` has the last word: they are whole records not yet taken, or a cut one.
    if (this.position < this.limit) return true;
    if (this.source.fault !== null) this.fail(this.limit, this.source.fault);
    else this.endedCleanly();
    return false;
  }

  /** Begins to read into the other zone. */
  #readAhead(): void {
    if (this.source.readsAhead !== true) return;
    this.#zone = this.#zone === Zone.First ? Zone.Second : Zone.First;
    const ahead = this.#read();
    this.#ahead = typeof ahead === 'number' ? Promise.resolve(ahead) : ahead;
  }
}
