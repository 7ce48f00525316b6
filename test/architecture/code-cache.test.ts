import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { bundled, run, temporaryFolder } from '../support/run-weir.js';

/** Compiled code that the build leaves beside the program (src/code-cache.cts). */

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = path.join(root, 'dist/program');
const compiled = path.join(program, 'compiled', `${process.version}-${process.platform}-${process.arch}`);

/** In a process of its own, since the engine refuses code that other flags were set for. */
function areRejected(files: readonly string[]): (boolean | undefined)[] {
  const script = `
    const { compile } = require(${JSON.stringify(path.join(root, 'dist/code-cache.cjs'))});
    console.log(JSON.stringify(${JSON.stringify(files)}.map((file) => compile(file).cachedDataRejected ?? null)));`;
  const text = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return JSON.parse(text) as (boolean | undefined)[];
}

/** The program with its compiled code as `change` leaves each file, in a folder of its own: the path of what to run. */
function changedProgram(change: (octets: Buffer) => Buffer): string {
  const folder = temporaryFolder();
  for (const name of ['package.json', 'config/labels.yaml', 'dist/code-cache.cjs', 'dist/program']) {
    fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  const copy = path.join(folder, path.relative(root, compiled));
  for (const name of fs.readdirSync(copy)) {
    fs.writeFileSync(path.join(copy, name), change(fs.readFileSync(path.join(copy, name))));
  }
  return path.join(folder, 'dist/program/main.js');
}

describe('compiled code', () => {
  it('is there for what a replay loads, and taken by the engine', () => {
    const names = fs.readdirSync(compiled);
    expect(names.some((name) => name.startsWith('replay-'))).toBe(true);
    expect(names.some((name) => name.startsWith('metering-live-replay-'))).toBe(true);
    expect(areRejected(names.map((name) => path.join(program, name)))).toEqual(names.map(() => false));
  });

  /** Files of the program that have this in them. */
  const filesWith = (pattern: RegExp): string[] =>
    fs
      .readdirSync(program)
      .filter((name) => name.endsWith('.js'))
      .filter((name) => pattern.test(fs.readFileSync(path.join(program, name), 'utf8')));

  it('calls no import(), which would fail there on Node.js 20', () => {
    expect(filesWith(/(?<![\w#$.'"`])import\(/)).toEqual([]);
  });

  it('is that of ASCII, as which it is read', () => {
    expect(filesWith(/[^\0-\x7f]/)).toEqual([]);
    expect(filesWith(/\\u00b5s/)).not.toEqual([]);
  });

  it.each([
    ['is of another version of the engine', (octets: Buffer) => Buffer.concat([Buffer.alloc(16), octets.subarray(16)])],
    ['is cut', (octets: Buffer) => octets.subarray(0, octets.length >>> 1)],
    ['is empty', () => Buffer.alloc(0)],
  ])('changes nothing where it %s', async (_what, change) => {
    const words = ['replay', bundled('dns.pcap'), '--stats', 'none'];
    const done = await run(process.execPath, [changedProgram(change), ...words]);
    expect(done).toEqual(await run(process.execPath, [path.join(program, 'main.js'), ...words]));
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
