import fs from 'node:fs';
import path from 'node:path';

import { CaptureError } from './capture-error.js';

const ANY_FOLDERS = '**';

/**
 * Names that match a pattern with `*`, `?`, `[…]` and `**` (any folders, none included), as a shell matches them: hidden
 * names only where the pattern spells the dot, symbolic links to folders not followed by `**`. Sorted by name. A pattern
 * with `**` finds files only, so that no file is found a second time through its folder.
 */
export function glob(pattern: string, directory: string): string[] {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  if (segments.at(-1) === ANY_FOLDERS) segments.push('*');
  const found = new Set<string>();
  try {
    walk(path.isAbsolute(pattern) ? '/' : '', segments, directory, found);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CaptureError('usage', pattern, 'a range in […] runs backwards');
    throw error;
  }
  const names = [...found].sort(compareNames);
  return segments.includes(ANY_FOLDERS) ? names.filter((name) => !isFolder(path.resolve(directory, name))) : names;
}

export function hasGlob(name: string): boolean {
  return /[*?[]/.test(name);
}

/** Order of names that does not depend on the locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function walk(prefix: string, segments: readonly string[], directory: string, found: Set<string>): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    found.add(prefix);
  } else if (segment === ANY_FOLDERS) {
    walk(prefix, rest, directory, found);
    for (const entry of list(prefix, directory)) {
      if (entry.isDirectory() && !isHidden(entry.name)) walk(path.join(prefix, entry.name), segments, directory, found);
    }
  } else if (!hasGlob(segment)) {
    const name = path.join(prefix, segment);
    if (fs.existsSync(path.resolve(directory, name))) walk(name, rest, directory, found);
  } else {
    const matcher = segmentMatcher(segment);
    for (const entry of list(prefix, directory)) {
      if (!matcher.test(entry.name) || (isHidden(entry.name) && !segment.startsWith('.'))) continue;
      const name = path.join(prefix, entry.name);
      if (rest.length === 0 || isFolder(path.resolve(directory, name))) walk(name, rest, directory, found);
    }
  }
}

/** A folder that cannot be read has nothing that matches, as in a shell. */
function list(prefix: string, directory: string): fs.Dirent[] {
  const folder = path.resolve(directory, prefix);
  if (!isFolder(folder)) return [];
  try {
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.X_OK);
  } catch {
    return [];
  }
  return fs.readdirSync(folder, { withFileTypes: true });
}

function isFolder(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** The expression for one part of a path. */
function segmentMatcher(segment: string): RegExp {
  let source = '';
  for (let at = 0; at < segment.length; at++) {
    const character = segment[at];
    const close = character === '[' ? segment.indexOf(']', at + (/^\[[!^]?\]/.test(segment.slice(at)) ? 3 : 1)) : -1;
    if (character === '*') {
      while (segment[at + 1] === '*') at++;
      source += '.*';
    } else if (character === '?') {
      source += '.';
    } else if (close > 0) {
      source += characterClass(segment.slice(at + 1, close));
      at = close;
    } else {
      source += character.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 'su');
}

/** `!` or `^` in front negates, `]` in front is itself, `a-z` is a range. */
function characterClass(content: string): string {
  const negated = /^[!^]/.test(content);
  const body = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${body}]`;
}
