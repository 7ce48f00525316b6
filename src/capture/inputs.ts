import fs from 'node:fs';
import path from 'node:path';

import { CaptureError, captureErrorFrom, errorCode } from './capture-error.js';
import { compareNames, glob, hasGlob } from './glob.js';
import { probeCapture } from './open-capture.js';
import { STANDARD_INPUT } from './open-source.js';

/** What the command line names. */
export interface InputNames {
  /** Files, folders, patterns, `-` for standard input, in order. */
  readonly names: readonly string[];
  /** Files that list names, one a line. */
  readonly lists?: readonly string[];
  /** Folder that relative names start from; the working directory when absent. */
  readonly directory?: string;
}

export interface ExpandedInputs {
  /** Files and `-`, in the order in which they are to be read. */
  readonly inputs: readonly string[];
  /** Files of a folder that were left out, each with the reason. */
  readonly warnings: readonly string[];
}

/**
 * Turns what the user named into files. Files named one by one come as they are; of a folder come the captures directly in
 * it, sorted by name, without hidden files, and what is no capture is left out with a warning; patterns come sorted.
 * Rejects with a `CaptureError` when a name matches nothing or a list cannot be read.
 */
export async function expandInputs({
  names,
  lists = [],
  directory = process.cwd(),
}: InputNames): Promise<ExpandedInputs> {
  const inputs: string[] = [];
  const warnings: string[] = [];
  for (const name of names) await expandName(name, [directory], inputs, warnings);
  for (const list of lists) {
    const file = path.resolve(directory, list);
    for (const name of readList(file, list)) {
      await expandName(name, [directory, path.dirname(file)], inputs, warnings);
    }
  }
  if (inputs.indexOf(STANDARD_INPUT) !== inputs.lastIndexOf(STANDARD_INPUT)) {
    throw new CaptureError('usage', STANDARD_INPUT, 'standard input is named twice, it can be read once');
  }
  return { inputs, warnings };
}

/** Looks for `name` from each of `folders` in turn, and takes the first that has something. */
async function expandName(name: string, folders: string[], inputs: string[], warnings: string[]): Promise<void> {
  if (name === STANDARD_INPUT) {
    inputs.push(name);
    return;
  }
  for (const [index, folder] of folders.entries()) {
    const shown = (found: string): string => (index === 0 ? found : path.join(folder, found));
    // A file may have a name that looks like a pattern.
    const found = exists(path.resolve(folder, name)) ? [name] : hasGlob(name) ? glob(name, folder) : [];
    for (const each of found) await expandFound(shown(each), path.resolve(folder, each), inputs, warnings);
    if (found.length > 0) return;
  }
  if (hasGlob(name)) throw new CaptureError('no-match', name, 'no file matches this pattern');
  throw new CaptureError('missing', name, 'no such file or folder');
}

async function expandFound(shown: string, file: string, inputs: string[], warnings: string[]): Promise<void> {
  if (!isFolder(file, shown)) {
    inputs.push(usable(shown, file));
    return;
  }
  const before = inputs.length;
  for (const name of readFolder(file, shown)) {
    const member = usable(path.join(shown, name), path.join(file, name));
    try {
      if (!fs.statSync(member).isFile()) continue; // folders, pipes and devices
      await probeCapture(member);
      inputs.push(member);
    } catch (error) {
      warnings.push(captureErrorFrom(error, member, 'cannot be read').message);
    }
  }
  if (inputs.length === before) warnings.push(`${shown}: no capture directly in this folder`);
}

/** Whether there is such a name; when that cannot be told, opening it shall say why. */
function exists(file: string): boolean {
  try {
    fs.statSync(file);
    return true;
  } catch (error) {
    const code = errorCode(error);
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** The name as the user wrote it where that opens the file, else the full one. */
function usable(shown: string, file: string): string {
  return path.resolve(shown) === file ? shown : file;
}

function isFolder(file: string, shown: string): boolean {
  try {
    return fs.statSync(file).isDirectory();
  } catch (error) {
    throw captureErrorFrom(error, shown, 'cannot be read');
  }
}

/** Names in a folder, hidden ones left out. */
function readFolder(folder: string, shown: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort(compareNames);
  } catch (error) {
    throw captureErrorFrom(error, shown, 'cannot be read');
  }
}

function readList(file: string, shown: string): string[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw captureErrorFrom(error, shown, 'cannot be read');
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
