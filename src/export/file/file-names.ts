import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { COMPRESSION_ENDINGS } from '../output-schemes.js';
import { hasConversions, strftime } from './strftime.js';

/** Where a file is written until it is complete. */
const PART_ENDING = '.part';
export const LOCK_ENDING = '.lock';

export interface FilePlace {
  /** The name when the file is complete. */
  readonly path: string;
  /** The name until then; the same for names that a person wrote out. */
  readonly workPath: string;
}

/**
 * The names of an output's files. A name that weir makes, of a moment or because files rotate, is written as `NAME.part`
 * and never taken twice: when it is there, the file is called NAME-1, NAME-2 … A name that was written out is used as it
 * is for the first file, and a file that is there is replaced.
 */
export class FileNames {
  /** weir makes the names. */
  readonly areMade: boolean;
  /** A pipe or a device, which is only opened once. */
  readonly isSpecial: boolean;
  readonly #pattern: string;
  #serial = 0;
  #base = '';
  #suffix = 0;

  constructor(pattern: string, rotates: boolean) {
    this.#pattern = pattern;
    const first = strftime(pattern, 0, 0);
    const hasTime = hasConversions(pattern);
    this.isSpecial = !hasTime && isSpecialFile(first);
    this.areMade = !this.isSpecial && (hasTime || rotates);
  }

  /** The place of the next file. Creates folders where the names are made; throws the system's error. */
  next(ms: number): FilePlace {
    const base = strftime(this.#pattern, ms, this.#serial);
    const isFirst = this.#serial === 0;
    this.#serial++;
    if (!this.areMade && isFirst) return { path: base, workPath: base };
    if (this.areMade) mkdirSync(path.dirname(base), { recursive: true });
    const free = this.#free(base);
    return { path: free, workPath: this.areMade ? `${free}${PART_ENDING}` : free };
  }

  #free(base: string): string {
    if (base !== this.#base) [this.#base, this.#suffix] = [base, 0];
    for (;;) {
      const name = this.#suffix === 0 ? base : suffixed(base, this.#suffix);
      this.#suffix++;
      if (![name, `${name}${PART_ENDING}`, `${name}${LOCK_ENDING}`].some((each) => existsSync(each))) return name;
    }
  }
}

function isSpecialFile(name: string): boolean {
  try {
    const status = statSync(name, { throwIfNoEntry: false });
    return status !== undefined && !status.isFile() && !status.isDirectory();
  } catch {
    // Whoever opens it is told why that cannot be.
    return false;
  }
}

/** `day-1.ipfix.zst` for `day.ipfix.zst`. */
function suffixed(name: string, number: number): string {
  const packed = COMPRESSION_ENDINGS.find((ending) => name.toLowerCase().endsWith(ending)) ?? '';
  const inner = name.slice(0, name.length - packed.length);
  const ending = path.extname(inner) + name.slice(name.length - packed.length);
  return `${name.slice(0, name.length - ending.length)}-${number}${ending}`;
}
