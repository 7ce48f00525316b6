import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { OutputError, outputErrorFrom } from '../output-error.js';
import { abandonedPurpose, holdFolder, releaseFolder } from './folder-lock.js';
import { flowRecords } from './message.js';
import { readSegment } from './spool-segment.js';

export const SEGMENT_ENDING = '.spool';
const TEMPORARY_PREFIX = 'weir-spool-';

/** A file that an earlier run left. */
export interface EarlierFile {
  readonly file: string;
  readonly octets: number;
}

/** Where the files of a spool lie. */
export interface SpoolFolder {
  /** As messages name it. */
  readonly name: string;
  /** What has not been sent stays for the next run. */
  readonly stays: boolean;
  /** Path of the folder, which is there when this returns. Throws an error of the file system. */
  make(): string;
  /** Files that an earlier run left, oldest first. Throws an error of the file system. */
  earlier(): EarlierFile[];
  /** Throws an error of the file system. */
  close(): void;
}

/** A folder below the system's temporary one, made when it is needed, and gone at the end. */
export class TemporaryFolder implements SpoolFolder {
  readonly stays = false;
  #path: string | null = null;

  constructor(readonly name: string) {}

  make(): string {
    if (this.#path === null) {
      this.#path = mkdtempSync(path.join(tmpdir(), TEMPORARY_PREFIX));
      holdFolder(this.#path, this.name);
    } else if (mkdirSync(this.#path, { recursive: true, mode: 0o700 }) !== undefined) {
      holdFolder(this.#path, this.name);
    }
    return this.#path;
  }

  earlier(): [] {
    return [];
  }

  close(): void {
    const folder = this.#path;
    this.#path = null;
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Removes the temporary folders of runs that were killed, so that they do not fill the disk, and tells whose records were in
 * them, and how many.
 */
export function removeAbandonedFolders(tell: (message: string) => void): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(TEMPORARY_PREFIX))) {
    const folder = path.join(tmpdir(), name);
    try {
      if (statSync(folder).uid !== process.getuid?.()) continue;
      const output = abandonedPurpose(folder);
      if (output === null) continue;
      const records = segmentsIn(folder).reduce((sum, { file }) => sum + recordsIn(file), 0);
      rmSync(folder, { recursive: true, force: true });
      tell(`${output}: ${records} records in the spool of a run that was killed are lost: with spool=FOLDER they stay`);
    } catch (error) {
      // Another process may have removed it meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      tell(outputErrorFrom(error, folder, 'cannot remove what a killed run has left').message);
    }
  }
}

function recordsIn(file: string): number {
  return readSegment(file, '').reduce((sum, message) => sum + flowRecords(message), 0);
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
      this.#hold();
    } catch (error) {
      throw outputErrorFrom(error, output, `cannot use spool=${folder}`);
    }
  }

  #hold(): void {
    const holder = holdFolder(this.#path, this.name);
    if (holder !== null) throw new OutputError(this.name, null, `spool ${this.#path} is in use by process ${holder}`);
  }

  make(): string {
    // Somebody may have removed it.
    if (mkdirSync(this.#path, { recursive: true, mode: 0o700 }) !== undefined) this.#hold();
    return this.#path;
  }

  earlier(): EarlierFile[] {
    return segmentsIn(this.#path);
  }

  close(): void {
    releaseFolder(this.#path);
  }
}

function segmentsIn(folder: string): EarlierFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(SEGMENT_ENDING))
    .sort()
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, octets: statSync(file).size }));
}
