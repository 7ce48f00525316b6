/**
 * A small seeded generator of pseudo-random numbers (xoshiro128**): the same seed gives the same trace on every machine.
 * Only integer operations, divisions and square roots are used by its callers, which IEEE 754 defines exactly.
 */
export class Random {
  #a;
  #b;
  #c;
  #d;

  /** @param {number} seed any 32-bit integer */
  constructor(seed) {
    // splitmix32 spreads the seed over the state, so that neighbouring seeds give unrelated streams.
    let state = seed | 0;
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let word = state ^ (state >>> 16);
      word = Math.imul(word, 0x21f0aaad);
      word ^= word >>> 15;
      word = Math.imul(word, 0x735a2d97);
      return word ^ (word >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** @returns {number} 32 random bits, unsigned */
  word() {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** @returns {number} in [0, 1), 32 bits of resolution */
  fraction() {
    return this.word() / 4294967296;
  }

  /**
   * @param {number} bound up to 2^32
   * @returns {number} a whole number in [0, bound)
   */
  below(bound) {
    return Math.floor((this.word() / 4294967296) * bound);
  }

  /** @param {Uint8Array} octets filled with random octets */
  fill(octets) {
    for (let i = 0; i < octets.length; i++) octets[i] = this.word() >>> 24;
  }
}
