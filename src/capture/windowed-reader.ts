import {
  AHEAD_OCTETS,
  type CaptureReader,
  createWindow,
  type InputFault,
  LONGEST_CARRY_OCTETS,
  READ_OCTETS,
  type ReadOptions,
  WINDOW_ZONES,
  ZONE_OCTETS,
} from './capture-reader.js';
import type { OctetSource } from './octet-source.js';
import type { PacketBatch } from './packet-batch.js';

/**
 * Octets of a record on average up to which it pays to read ahead: what another processor has read comes to this one line by
 * line, which costs more than to read it here where few of the lines are wanted.
 */
const SMALL_OCTETS = 256;

/**
 * What both capture formats share: the window, what is carried over in it, the end and the fault.
 *
 * The window has zones, of which one alone is used, or all in turn: while the packets in one are taken, the others are read
 * ahead into. Each begins with room for what is carried over, which is moved to where new octets begin: what is left of those
 * before.
 */
export abstract class WindowedReader implements CaptureReader {
  fault: InputFault | null = null;
  oddTimestamps = 0;
  /** Packets taken so far. */
  protected packets = 0;
  protected readonly window: Uint8Array;
  /** Unread octets of the window lie from `position` to `limit`. */
  protected position = 0;
  protected limit = 0;
  /** The source has no more octets. */
  protected ended = false;
  /** Offset in the capture of the window's first octet. */
  #windowOffset = 0;
  /** The zone whose octets come next, and the one that is read into next. */
  #zone = 0;
  #free = 0;
  /** What is being read ahead, into `#zone` first: octets. */
  readonly #ahead: Promise<number>[] = [];
  #mayReadAhead: boolean;
  #readOctets: number;

  constructor(
    readonly input: string,
    private readonly source: OctetSource,
    private readonly options: ReadOptions = {},
  ) {
    this.window = options.window ?? createWindow();
    this.#mayReadAhead = options.mayReadAhead ?? false;
    this.#readOctets = options.readOctets ?? READ_OCTETS;
  }

  abstract next(batch: PacketBatch): number;

  fill(): boolean | Promise<boolean> {
    if (this.fault !== null || this.ended) return false;
    if (this.limit - this.position > LONGEST_CARRY_OCTETS) return true; // the caller has not taken what there is
    if (this.#mayReadAhead && this.packets > 0) this.#decide();
    this.#carryOver();
    const got = this.#ahead.shift() ?? this.#read();
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
    await Promise.all(this.#ahead);
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

  /** Goes over to reading ahead where records are small, so that much of what is read is looked at. */
  #decide(): void {
    this.#mayReadAhead = false;
    if (this.offsetOf(this.position) > this.packets * SMALL_OCTETS) return;
    this.source.readAhead?.();
    if (this.source.readsAhead === true) this.#readOctets = this.options.readOctets ?? AHEAD_OCTETS;
  }

  /** Reads into the next zone. */
  #read(): number | Promise<number> {
    const start = startOf(this.#free);
    this.#free = this.#after(this.#free);
    return this.source.read(this.window, start, start + this.#readOctets);
  }

  #after(zone: number): number {
    return this.source.readsAhead === true ? (zone + 1) % WINDOW_ZONES : zone;
  }

  /** Moves what is left to where the next octets begin. */
  #carryOver(): void {
    const zone = startOf(this.#zone);
    const start = zone - (this.limit - this.position);
    this.window.copyWithin(start, this.position, this.limit);
    this.#windowOffset += this.position - start;
    this.position = start;
    this.limit = zone;
  }

  #filled(count: number): boolean {
    this.limit += count;
    this.#zone = this.#after(this.#zone);
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

  /** Begins to read into all other zones. */
  #readAhead(): void {
    while (this.source.readsAhead === true && this.#ahead.length < WINDOW_ZONES - 1) {
      this.#ahead.push(Promise.resolve(this.#read()));
    }
  }
}

/** Where new octets begin in a zone. */
function startOf(zone: number): number {
  return zone * ZONE_OCTETS + LONGEST_CARRY_OCTETS;
}
