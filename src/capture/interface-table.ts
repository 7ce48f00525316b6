import type { CaptureInterface } from './capture-reader.js';

/** Rows fit the batch's 16-bit `interface` column. */
export const MAX_INTERFACES = 65_535;

/** The interfaces of a run, over all its inputs. Bounded: a capture may describe millions. */
export class InterfaceTable {
  /** Interfaces that found no row of their own and share the last one. */
  shared = 0;
  readonly #rows: CaptureInterface[] = [];
  readonly #rowOf = new Map<string, number>();

  constructor(private readonly capacity: number = MAX_INTERFACES) {}

  get rows(): readonly CaptureInterface[] {
    return this.#rows;
  }

  /**
   * Row of this interface. Input and id come in once; a later section of the same capture that gives the same id to an
   * interface of another name or link type gets a row for that.
   */
  add(entry: CaptureInterface): number {
    const key = JSON.stringify([entry.input, entry.id, entry.linkType, entry.name]);
    const known = this.#rowOf.get(key);
    if (known !== undefined) return known;
    if (this.#rows.length >= this.capacity) {
      this.shared++;
      return this.capacity - 1;
    }
    this.#rowOf.set(key, this.#rows.length);
    return this.#rows.push(entry) - 1;
  }
}
