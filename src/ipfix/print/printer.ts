import type { DataRecord } from '../data-record.js';

/** Shows records as text, in the order in which they are given. */
export interface RecordPrinter {
  /** False when the format has no way to show this record, which then is left out. */
  flow(record: DataRecord): boolean;
  /** A record of an Options Template. */
  options(record: DataRecord): void;
  /** Writes what is still held back. */
  end(): void;
}

/** UTF-8 octets that one UTF-16 unit may become. */
const MAX_OCTETS_PER_UNIT = 3;

/**
 * Collects text, as UTF-8, until someone takes it. Row by row into octets is more than twice as fast as one long string,
 * whose pieces would have to be put together in the end.
 */
export class TextBuffer {
  #octets = Buffer.allocUnsafeSlow(1_048_576);
  #length = 0;

  /** Octets held. */
  get length(): number {
    return this.#length;
  }

  write(text: string): void {
    const most = this.#length + text.length * MAX_OCTETS_PER_UNIT;
    if (most > this.#octets.length) this.#grow(most);
    this.#length += this.#octets.write(text, this.#length);
  }

  /** What was written since the last `take`. */
  take(): Buffer {
    const taken = Buffer.from(this.#octets.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(least: number): void {
    const octets = Buffer.allocUnsafeSlow(Math.max(least, this.#octets.length * 2));
    this.#octets.copy(octets, 0, 0, this.#length);
    this.#octets = octets;
  }
}
