import { writeDecimal } from './text-octets.js';

/** Writes numbers as the names that lists have for them. */
export class NameText {
  readonly #lists: (readonly (Uint8Array | undefined)[])[] = [];
  readonly #numbers = new Map<readonly (string | undefined)[], number>();

  /** Number of a list of names by value, to `write` by. */
  number(names: readonly (string | undefined)[]): number {
    const known = this.#numbers.get(names);
    if (known !== undefined) return known;
    const texts = Array.from(names, (name) => (name === undefined ? undefined : Buffer.from(name)));
    const number = this.#lists.push(texts) - 1;
    this.#numbers.set(names, number);
    return number;
  }

  /** The name of a value in list `number`; the value in decimal digits when it has none. Answers where it ends. */
  write(octets: Uint8Array, at: number, number: number, value: number): number {
    const name = this.#lists[number][value];
    if (name === undefined) return writeDecimal(octets, at, value);
    for (let n = 0; n < name.length; n++) octets[at + n] = name[n];
    return at + name.length;
  }
}
