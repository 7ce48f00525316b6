import type { OutputError } from '../output-error.js';

/** The same fault is told at most this often. */
const REPEAT_MS = 60_000;
/** Different texts that are remembered. */
const MOST_TEXTS = 16;

/** Counts faults, and tells each new one at once and a lasting one once a minute. */
export class FaultLog {
  count = 0;
  last: OutputError | null = null;
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  readonly #told = new Map<string, { ms: number; untold: number }>();

  constructor(tell: (message: string) => void, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  note(error: OutputError): void {
    this.count++;
    this.last = error;
    const now = this.#now();
    const text = error.message;
    const told = this.#told.get(text);
    if (told !== undefined && now - told.ms < REPEAT_MS) {
      told.untold++;
      return;
    }
    const more = told === undefined || told.untold === 0 ? '' : ` (${told.untold} times more in the last minute)`;
    if (this.#told.size >= MOST_TEXTS) this.#told.clear();
    this.#told.set(text, { ms: now, untold: 0 });
    this.#tell(`${text}${more}`);
  }

  /** All is well again: the next fault is told at once. */
  clear(): void {
    this.#told.clear();
  }
}
