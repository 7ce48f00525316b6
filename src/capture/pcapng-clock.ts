/**
 * Time stamps of a pcapng interface: 64-bit counts of units since 1970 (draft-ietf-opsawg-pcapng §4.2, if_tsresol and
 * if_tsoffset), here as two 32-bit halves, turned into whole microseconds and nanoseconds beyond them. All arithmetic is on
 * integers below 2^53, hence exact; what is finer than a nanosecond is cut off.
 */

const WORD = 0x1_0000_0000;
const DEFAULT_EXPONENT = 6;
const MICROSECONDS = 1_000_000;

/** Limits beyond which 64 bits no longer reach a second. */
const MAX_DECIMAL_EXPONENT = 19;
const MAX_BINARY_EXPONENT = 63;
/** Up to here a 64-bit count can be divided in one go: `high * (2^32 mod divisor)` stays below 2^53. */
const MAX_SHORT_EXPONENT = 12;

const COARSE = 0; // microseconds or coarser, a power of 10
const SHORT = 1; // finer, a power of 10
const LONG = 2; // much finer, a power of 10
const BINARY = 3;

/** What is wrong with an if_tsresol octet, null when nothing is. */
export function resolutionProblem(resolution: number): string | null {
  const exponent = resolution & 0x7f;
  const binary = (resolution & 0x80) !== 0;
  if (exponent <= (binary ? MAX_BINARY_EXPONENT : MAX_DECIMAL_EXPONENT)) return null;
  const [base, limit] = binary ? [2, MAX_BINARY_EXPONENT] : [10, MAX_DECIMAL_EXPONENT];
  return `time stamps in units of ${base}^-${exponent} s, at most ${base}^-${limit} s was expected`;
}

export class InterfaceClock {
  readonly #kind: number;
  /** COARSE: microseconds in a unit. SHORT, LONG: units in a microsecond. BINARY: units in a second, or in 2^-32 s. */
  readonly #scale: number;
  /** SHORT: 2^32 divided by the scale, and what remains of it. */
  readonly #wordQuotient: number;
  readonly #wordRemainder: number;
  /** SHORT, LONG: nanoseconds in a unit, or units in a nanosecond. */
  readonly #nsPerUnit: number;
  readonly #unitsPerNs: number;
  /** BINARY: units are finer than 2^-32 s. */
  readonly #fine: boolean;
  readonly #offsetUs: number;

  /** `resolution` is the if_tsresol octet, one that `resolutionProblem` has nothing against; `offset` is in seconds. */
  constructor(resolution: number = DEFAULT_EXPONENT, offset = 0) {
    const exponent = resolution & 0x7f;
    const binary = (resolution & 0x80) !== 0;
    this.#offsetUs = offset * MICROSECONDS;
    this.#fine = binary && exponent > 32;
    if (binary) {
      this.#kind = BINARY;
      this.#scale = 2 ** (this.#fine ? exponent - 32 : exponent);
    } else if (exponent <= DEFAULT_EXPONENT) {
      this.#kind = COARSE;
      this.#scale = 10 ** (DEFAULT_EXPONENT - exponent);
    } else {
      this.#kind = exponent <= MAX_SHORT_EXPONENT ? SHORT : LONG;
      this.#scale = 10 ** (exponent - DEFAULT_EXPONENT);
    }
    this.#wordRemainder = WORD % this.#scale;
    this.#wordQuotient = (WORD - this.#wordRemainder) / this.#scale;
    this.#nsPerUnit = 10 ** Math.max(0, 9 - exponent);
    this.#unitsPerNs = 10 ** Math.max(0, exponent - 9);
  }

  /**
   * Writes the time into row `row` of the columns. False when it lies before 1970 or beyond 2^53 µs (the year 2255): then the
   * nearest time that does not is written.
   */
  write(timeUs: Float64Array, timeNs: Int32Array, row: number, high: number, low: number): boolean {
    let us = 0;
    let ns = 0;
    if (this.#kind === COARSE) {
      us = (high * WORD + low) * this.#scale;
    } else if (this.#kind === SHORT) {
      const rest = high * this.#wordRemainder + low;
      const quotient = Math.floor(rest / this.#scale);
      us = high * this.#wordQuotient + quotient;
      ns = this.#nanoseconds(rest - quotient * this.#scale);
    } else if (this.#kind === LONG) {
      let rest = 0;
      for (let shift = 56; shift >= 0; shift -= 8) {
        const octet = ((shift >= 32 ? high : low) >>> (shift & 31)) & 0xff;
        rest = rest * 256 + octet;
        const digit = Math.floor(rest / this.#scale);
        rest -= digit * this.#scale;
        us = us * 256 + digit;
      }
      ns = this.#nanoseconds(rest);
    } else if (!this.#fine) {
      // The seconds are all of `high` and the upper bits of `low`; the fraction has 32 bits at most.
      const upper = Math.floor(low / this.#scale);
      const fractionUs = (low - upper * this.#scale) * MICROSECONDS;
      const wholeUs = Math.floor(fractionUs / this.#scale);
      us = (high * (WORD / this.#scale) + upper) * MICROSECONDS + wholeUs;
      ns = Math.floor(((fractionUs - wholeUs * this.#scale) * 1000) / this.#scale);
    } else {
      // The fraction is the lower bits of `high`, in units of 1 / scale, and `low`, 2^-32 of such a unit.
      const seconds = Math.floor(high / this.#scale);
      const lowUs = low * MICROSECONDS;
      const lowWhole = Math.floor(lowUs / WORD);
      const fractionUs = (high - seconds * this.#scale) * MICROSECONDS + lowWhole;
      const wholeUs = Math.floor(fractionUs / this.#scale);
      us = seconds * MICROSECONDS + wholeUs;
      const lowNs = Math.floor(((lowUs - lowWhole * WORD) * 1000) / WORD);
      ns = Math.floor(((fractionUs - wholeUs * this.#scale) * 1000 + lowNs) / this.#scale);
    }
    us += this.#offsetUs;
    const inRange = us >= 0 && us <= Number.MAX_SAFE_INTEGER;
    timeUs[row] = inRange ? us : us < 0 ? 0 : Number.MAX_SAFE_INTEGER;
    timeNs[row] = inRange ? ns : 0;
    return inRange;
  }

  /** `units` of less than a microsecond. */
  #nanoseconds(units: number): number {
    return this.#unitsPerNs === 1 ? units * this.#nsPerUnit : Math.floor(units / this.#unitsPerNs);
  }
}
