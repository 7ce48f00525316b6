#!/usr/bin/env node
// Leaves compiled code beside the program in dist/program/, for this version of Node.js: of the files that these runs load, with
// the functions that they call (src/code-cache.cts). What an earlier run has left stays.
//
//   node scripts/compile-program.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/program/main.js', import.meta.url));
const CAPTURES = ['demo', 'ipv6', 'vlan'].map((name) =>
  fileURLToPath(new URL(`../pcaps/${name}.pcap`, import.meta.url)),
);
const WRITE = fileURLToPath(new URL('lib/write-compiled.cjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'weir-compile-'));
try {
  for (const words of [
    ['replay', ...CAPTURES, '-o', 'small.ipfix'],
    ['print', 'small.ipfix'],
    ['replay', ...CAPTURES, '--dpi', '-o', 'small.jsonl'],
    ['--help'],
  ]) {
    execFileSync(process.execPath, ['--require', WRITE, PROGRAM, ...words], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
