import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { onTestFinished } from 'vitest';

import { programPath } from './run-weir.js';

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LONGEST_WAIT_MS = 45_000;
const LOOK_EVERY_MS = 25;

/** Waits until `look` gives something that is neither null nor false. Says what was waited for when it does not happen. */
export async function until<T>(what: string, look: () => T | null | false | Promise<T | null | false>): Promise<T> {
  const end = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** A program that runs beside the test, and ends with it at the latest. */
export class RunningProgram {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
  private hasEnded = false;

  constructor(program: string, words: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.child.stdout?.on('data', (piece: Buffer) => (this.stdout += piece.toString('utf8')));
    this.child.stderr?.on('data', (piece: Buffer) => (this.stderr += piece.toString('utf8')));
    this.child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (exitCode, signal) => {
        this.hasEnded = true;
        resolve({ exitCode, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    onTestFinished(async () => {
      if (this.hasEnded) return;
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for a text on standard error; its match. */
  says(text: RegExp): Promise<RegExpExecArray> {
    return until(`${String(text)} is said; said was: ${this.stderr}`, () => {
      if (this.hasEnded && !text.test(this.stderr)) throw new Error(`ended without ${String(text)}: ${this.stderr}`);
      return text.exec(this.stderr);
    });
  }

  /** Ends it with a signal; how it ended. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProgramEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** `weir live` with these words, in a network namespace when one is named; resolves when it captures. */
export async function startLive(
  words: readonly string[],
  namespace?: string,
  before: readonly string[] = [],
): Promise<RunningProgram> {
  const weir = [...before, process.execPath, programPath(), 'live', ...words];
  const [program, ...rest] = namespace === undefined ? weir : ['ip', 'netns', 'exec', namespace, ...weir];
  const running = new RunningProgram(program, rest);
  await running.says(/captures from/);
  return running;
}
