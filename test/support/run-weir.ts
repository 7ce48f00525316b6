import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

import { bundledCaptures } from './captures.js';

/** The program as people run it: a process of the built command line. */

const MAIN = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));
const GENERATOR = fileURLToPath(new URL('../../bench/generate-traffic.mjs', import.meta.url));

export interface WeirRun {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What comes in on standard input; nothing by default. */
  readonly input?: Uint8Array;
  readonly directory?: string;
}

/** Runs `weir` with these words. */
export function weir(words: readonly string[], options: RunOptions = {}): Promise<WeirRun> {
  return run(process.execPath, [programPath(), ...words], options);
}

/** Runs a line of shell in which `weir` is the program. */
export function shell(line: string, options: RunOptions = {}): Promise<WeirRun> {
  const define = `weir() { ${quoted(process.execPath)} ${quoted(programPath())} "$@"; }`;
  return run('bash', ['-c', `${define}\n${line}`], options);
}

/** Path of the program; says what to do when it has not been built. */
export function programPath(): string {
  if (!fs.existsSync(MAIN)) throw new Error(`${MAIN} is missing: build it first with 'npm run build'`);
  return MAIN;
}

/** A folder that lives as long as the test that asked for it. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path of a capture that comes with the project. */
export function bundled(name: string): string {
  const file = bundledCaptures().find((each) => path.basename(each) === name);
  if (file === undefined) throw new Error(`there is no bundled capture ${name}`);
  return file;
}

/** A generated capture of many flows (bench/generate-traffic.mjs), for as long as the test runs that asks for it. */
export async function generatedTrace(caseName: string, packets: number): Promise<string> {
  const words = ['--case', caseName, '--packets', String(packets), '--dir', temporaryFolder()];
  const { exitCode, stdout, stderr } = await run(process.execPath, [GENERATOR, ...words]);
  if (exitCode !== 0) throw new Error(`generate-traffic.mjs: ${stderr}`);
  return (JSON.parse(stdout) as { path: string }).path;
}

/** `text` as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function run(
  program: string,
  words: readonly string[],
  { input, directory }: RunOptions = {},
): Promise<WeirRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: directory,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr?.on('data', (piece: Buffer) => stderr.push(piece));
    // A program that does not read on is none of the test's faults: its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}
