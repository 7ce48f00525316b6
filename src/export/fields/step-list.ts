const INITIAL_WORDS = 4096;

/** The steps of all kinds of records, in one array that a hot loop reads; grows when a new kind comes, never per record. */
export class StepList {
  words = new Int32Array(INITIAL_WORDS);
  length = 0;
  #stride = 0;

  /** Steps count from the start of a row, so they hold for one layout of rows. Throws a RangeError when another comes. */
  requireStride(stride: number): void {
    if (this.#stride === 0) this.#stride = stride;
    if (this.#stride !== stride) throw new RangeError(`rows of ${stride} words after rows of ${this.#stride}`);
  }

  /** Appends steps; answers where they begin. `length` is where they end. */
  add(steps: readonly number[]): number {
    const from = this.length;
    if (from + steps.length > this.words.length) {
      const grown = new Int32Array(2 * (from + steps.length));
      grown.set(this.words);
      this.words = grown;
    }
    this.words.set(steps, from);
    this.length += steps.length;
    return from;
  }
}

/**
 * Texts in one array of words, four octets each, so that a hot loop copies them by words: it writes up to three octets more
 * than the text has. Each text is there only once.
 */
export class TextList {
  words = new Int32Array(0);
  readonly #starts = new Map<string, number>();

  /** Answers where the text begins and ends in `words`, and how many octets it has; adds it when it is new. */
  add(text: string): [from: number, to: number, octets: number] {
    const octets = Buffer.from(text);
    const count = Math.ceil(octets.length / 4);
    let from = this.#starts.get(text);
    if (from === undefined) {
      from = this.words.length;
      const padded = Buffer.alloc(4 * count);
      octets.copy(padded);
      const grown = new Int32Array(from + count);
      grown.set(this.words);
      for (let n = 0; n < count; n++) grown[from + n] = padded.readInt32BE(4 * n);
      this.words = grown;
      this.#starts.set(text, from);
    }
    return [from, from + count, octets.length];
  }
}
