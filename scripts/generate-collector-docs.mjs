#!/usr/bin/env node
// Runs the checks against real collectors and fills the table of docs/collectors.md in with what they sent and saw.
//
//   npm run build && node scripts/generate-collector-docs.mjs
//
// The page's own text stands outside of the marks <!-- table --> and <!-- /table -->; only what is between changes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const root = new URL('..', import.meta.url).pathname;
const page = path.join(root, 'docs/collectors.md');
const checks = path.join(root, 'test/conformance');
const files = readdirSync(checks)
  .map((name) => path.join(checks, name))
  .filter((file) => readFileSync(file, 'utf8').includes('noteRow('));

const folder = mkdtempSync(path.join(tmpdir(), 'weir-collectors-'));
let rows;
try {
  const file = path.join(folder, 'rows');
  writeFileSync(file, '');
  const env = { ...process.env, CI: '1', COLLECTOR_MATRIX: file };
  const { status } = spawnSync('npx', ['vitest', 'run', ...files], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new Error('the checks failed: the page stays as it is');
  rows = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
} finally {
  rmSync(folder, { recursive: true });
}
if (rows.length === 0) throw new Error('no collector is installed');

const number = (value) => value.toLocaleString('en');
const sums = ({ flows, packets, octets }) => [flows, packets, octets].map(number);
const line = (...cells) => `| ${cells.join(' | ')} |`;
const cells = ({ collector, format: name, transport, sent, seen, sequenceFailures }) => {
  const [sentCells, seenCells] = [sums(sent), sums(seen)];
  return [
    ...[collector, name, transport],
    ...sentCells.flatMap((cell, n) => [cell, seenCells[n]]),
    sequenceFailures === null ? '–' : number(sequenceFailures),
  ];
};
const heads = ['Collector', 'Format', 'Transport', 'Flows sent', 'seen', 'Packets sent', 'seen', 'Octets sent', 'seen'];
const table = [
  line(...heads, 'Sequence failures'),
  line(...heads.map((_, n) => (n < 3 ? '---' : '---:')), '---:'),
  ...rows.map((row) => line(...cells(row))).sort(),
].join('\n');

const before = readFileSync(page, 'utf8');
const marks = /<!-- table -->\n[^]*?<!-- \/table -->/;
if (!marks.test(before)) throw new Error('docs/collectors.md: there is no table');
const filled = before.replace(marks, `<!-- table -->\n\n${table}\n\n<!-- /table -->`);
const config = await resolveConfig(page);
writeFileSync(page, await format(filled, { ...config, parser: 'markdown' }));
