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

/** Texts in one array of octets, each only once. */
export class TextList {
  octets: Uint8Array = new Uint8Array(0);
  readonly #starts = new Map<string, number>();

  /** Answers where the text begins and ends in `octets`; adds it when it is new. */
  add(text: string): [from: number, to: number] {
    const added = Buffer.from(text);
    let from = this.#starts.get(text);
    if (from === undefined) {
      from = this.octets.length;
      this.octets = Buffer.concat([this.octets, added]);
      this.#starts.set(text, from);
    }
    return [from, from + added.length];
  }
}
