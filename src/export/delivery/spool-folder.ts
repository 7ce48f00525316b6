import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { OutputError, outputErrorFrom } from '../output-error.js';

export const SEGMENT_ENDING = '.spool';
const LOCK = 'lock';
/** Field of /proc/PID/stat behind the program's name: when it started, in ticks since boot. */
const START_FIELD = 19;

/** Where the files of a spool lie. */
export interface SpoolFolder {
  /** As messages name it. */
  readonly name: string;
  /** What has not been sent stays for the next run. */
  readonly stays: boolean;
  /** Path of the folder, which is there when this returns. Throws an error of the file system. */
  make(): string;
  /** Files that an earlier run left, oldest first. */
  earlier(): { file: string; octets: number }[];
  close(): void;
}

/** A folder below the system's temporary one, made when it is needed, and gone at the end. */
export class TemporaryFolder implements SpoolFolder {
  readonly stays = false;
  #path: string | null = null;

  constructor(readonly name: string) {}

  make(): string {
    this.#path ??= mkdtempSync(path.join(tmpdir(), 'weir-spool-'));
    return this.#path;
  }

  earlier(): [] {
    return [];
  }

  close(): void {
    if (this.#path !== null) rmSync(this.#path, { recursive: true, force: true });
    this.#path = null;
  }
}

/** A folder of the user's choice, with one below it for each output: another output's messages are none of ours. */
export class LastingFolder implements SpoolFolder {
  readonly stays = true;
  readonly name: string;
  readonly #path: string;

  /** Throws an OutputError when it cannot be made, or another process uses it. */
  constructor(output: string, folder: string) {
    this.name = output;
    const readable = output.replace(/\?.*/s, '').replace(/[^a-z0-9.]+/gi, '-');
    const digest = createHash('sha256').update(output).digest('hex').slice(0, 12);
    this.#path = path.join(folder, `${readable}-${digest}`);
    try {
      mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      this.#lock();
    } catch (error) {
      throw outputErrorFrom(error, output, `cannot use spool=${folder}`);
    }
  }

  #lock(): void {
    const file = path.join(this.#path, LOCK);
    const own = `${process.pid} ${startOf(process.pid)}`;
    try {
      writeFileSync(file, own, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const [pid, start] = readFileSync(file, 'utf8').split(' ');
      // The same process id may be that of another program by now.
      if (start !== '' && startOf(Number(pid)) === start) {
        throw new OutputError(this.name, null, `spool ${this.#path} is in use by process ${pid}`, { cause: error });
      }
      writeFileSync(file, own);
    }
  }

  make(): string {
    return this.#path;
  }

  earlier(): { file: string; octets: number }[] {
    return readdirSync(this.#path)
      .filter((name) => name.endsWith(SEGMENT_ENDING))
      .sort()
      .map((name) => path.join(this.#path, name))
      .map((file) => ({ file, octets: statSync(file).size }));
  }

  close(): void {
    rmSync(path.join(this.#path, LOCK), { force: true });
  }
}

/** What tells a process from another one that has had its id; empty when there is none, or no way to know. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[START_FIELD];
  } catch {
    return '';
  }
}
