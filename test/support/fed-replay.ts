import fs from 'node:fs';
import path from 'node:path';

import type { RunStatistics } from '../../src/observe/run-statistics.js';
import { programPath, temporaryFolder } from './run-weir.js';
import { type ProgramEnd, RunningProgram } from './running-program.js';

export interface FedEnd extends ProgramEnd {
  readonly statistics: RunStatistics;
}

export interface FedOptions {
  /** Words in front of the program: another user, another namespace. */
  readonly before?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly directory?: string;
}

/** `weir replay` of a capture that comes in piece by piece, so that a test can do something to the outputs meanwhile. */
export class FedReplay {
  readonly program: RunningProgram;
  readonly #capture: Buffer;
  readonly #report = path.join(temporaryFolder(), 'stats.json');
  #at = 0;

  /** @param words outputs and options; flows end a moment after their last packet unless they say otherwise */
  constructor(capture: string, words: readonly string[], { before = [], env = {}, directory }: FedOptions = {}) {
    fs.chmodSync(path.dirname(this.#report), 0o777);
    this.#capture = fs.readFileSync(capture);
    const own = ['replay', '-', '--idle-timeout', '1ms', '--stats', 'none', '--stats-file', this.#report];
    const [program, ...rest] = [...before, process.execPath, programPath(), ...own, ...words];
    this.program = new RunningProgram(program, rest, { env: { ...process.env, ...env }, cwd: directory });
  }

  /** Feeds it up to that share of the capture. */
  feed(share: number): void {
    const to = Math.floor(this.#capture.length * share);
    this.program.child.stdin?.write(this.#capture.subarray(this.#at, to));
    this.#at = to;
  }

  /** Feeds it the rest, and waits for its end. */
  async end(): Promise<FedEnd> {
    this.program.child.stdin?.end(this.#capture.subarray(this.#at));
    const end = await this.program.ended;
    return { ...end, statistics: JSON.parse(fs.readFileSync(this.#report, 'utf8')) as RunStatistics };
  }
}
