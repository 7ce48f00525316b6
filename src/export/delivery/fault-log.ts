import type { OutputError } from '../output-error.js';

/** The same fault is told at most this often. */
const REPEAT_MS = 60_000;
/** Different texts that are told in that time; a peer that finds new words for each fault does not fill the log. */
const MOST_TEXTS = 16;

/** Counts faults, and tells each new one at once and a lasting one once a minute: 16 lines a minute at most. */
export class FaultLog {
  count = 0;
  last: OutputError | null = null;
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  readonly #told = new Map<string, { ms: number; untold: number }>();
  /** Faults of other texts that were not told. */
  #others = 0;

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
    if (told === undefined && !this.#hasRoom(now)) {
      this.#others++;
      return;
    }
    const more = told === undefined || told.untold === 0 ? '' : ` (${told.untold} times more in the last minute)`;
    const others = this.#others === 0 ? '' : ` (and ${this.#others} other faults)`;
    this.#others = 0;
    this.#told.set(text, { ms: now, untold: 0 });
    this.#tell(`${text}${more}${others}`);
  }

  /** Forgets texts that were told long ago when there are many. */
  #hasRoom(now: number): boolean {
    if (this.#told.size < MOST_TEXTS) return true;
    for (const [text, { ms }] of this.#told) if (now - ms >= REPEAT_MS) this.#told.delete(text);
    return this.#told.size < MOST_TEXTS;
  }

  /** All is well again: the next fault is told at once. */
  clear(): void {
    this.#told.clear();
  }
}
