import type { ChildProcess } from 'node:child_process';

/** Commands that run at a time, and files that may wait for theirs. */
const MOST_RUNNING = 2;
const MOST_WAITING = 1_000;
/** How long the end of a run waits for them. */
const PATIENCE_MS = 60_000;
const PLACEHOLDER = '{}';

/**
 * Runs a command for each finished file. No shell sees it: the command is split at spaces, quotes keep words together,
 * and `{}` stands for the file, which is the last argument where it is missing.
 */
export class HookRunner {
  /** Commands that could not be run, failed, or were left out because too many waited. */
  failures = 0;
  readonly #words: readonly string[];
  readonly #warn: (message: string) => void;
  readonly #waiting: string[] = [];
  readonly #running = new Set<ChildProcess>();
  #idle: (() => void) | null = null;

  /** @param words the command, as `commandWords` reads it */
  constructor(words: readonly string[], warn: (message: string) => void) {
    this.#words = words.some((word) => word.includes(PLACEHOLDER)) ? words : [...words, PLACEHOLDER];
    this.#warn = warn;
  }

  run(file: string): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#failed(file, `${MOST_WAITING} files wait for it already`);
      return;
    }
    this.#waiting.push(file);
    this.#startNext();
  }

  /** Resolves when all commands have ended; ends those that take too long. */
  async finish(patienceMs = PATIENCE_MS): Promise<void> {
    if (this.#running.size === 0) return;
    const impatience = setTimeout(() => {
      for (const file of this.#waiting.splice(0)) this.#failed(file, 'the run ended first');
      for (const child of this.#running) child.kill('SIGKILL');
    }, patienceMs);
    await new Promise<void>((resolve) => (this.#idle = resolve));
    clearTimeout(impatience);
  }

  #startNext(): void {
    while (this.#running.size < MOST_RUNNING) {
      const file = this.#waiting.shift();
      if (file === undefined) break;
      this.#start(file);
    }
    if (this.#running.size === 0) this.#idle?.();
  }

  #start(file: string): void {
    const [program, ...args] = this.#words.map((word) => word.replaceAll(PLACEHOLDER, file));
    // Few runs need it.
    const { spawn } = process.getBuiltinModule('node:child_process');
    // What it says goes where weir's own messages go; standard output may be full of records.
    const child = spawn(program, args, { stdio: ['ignore', 2, 2] });
    this.#running.add(child);
    let problem: string | null = null;
    child.on('error', (error) => {
      problem = error.message;
      // A program that did not start never closes.
      if (child.pid === undefined) this.#ended(child, file, problem);
    });
    child.on('close', (code, signal) => {
      if (code !== 0) problem ??= signal === null ? `exit code ${code}` : `ended by ${signal}`;
      this.#ended(child, file, problem);
    });
  }

  #ended(child: ChildProcess, file: string, problem: string | null): void {
    if (!this.#running.delete(child)) return;
    if (problem !== null) this.#failed(file, problem);
    this.#startNext();
  }

  #failed(file: string, problem: string): void {
    this.failures++;
    this.#warn(`on-rotate ${this.#words[0]} for ${file}: ${problem}`);
  }
}

/** Words between spaces; `'…'` and `"…"` keep spaces, and have no other meaning. Throws a RangeError. */
export function commandWords(command: string): string[] {
  const parts = /^\s*((?:(?:[^\s'"]|'[^']*'|"[^"]*")+\s*)*)$/.exec(command);
  if (parts === null) throw new RangeError(`'${command}': a quote is missing`);
  const words = parts[1].match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  if (words.length === 0) throw new RangeError(`'${command}': expected a command`);
  return words.map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}
