import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const RUNNER = fileURLToPath(new URL('../../../bench/run.mjs', import.meta.url));

const missing = ['tcpdump', 'python3'].filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (missing.length > 0) console.warn(`not tested: the benchmark with a peer, for want of ${missing.join(' and ')}`);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-bench-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function bench(...options: string[]) {
  return spawnSync(process.execPath, [RUNNER, '--dir', directory, ...options], { encoding: 'utf8' });
}

describe('the benchmark', () => {
  it.skipIf(missing.length > 0)('measures a peer, writes the page and cleans up', () => {
    const page = join(directory, 'performance.md');
    const small = ['--cases', 'flows-10k', '--tools', 'tcpdump', '--packets', '5000', '--runs', '2'];
    const { status, stdout, stderr } = bench(...small, '--write', page);
    expect(stderr).not.toMatch(/^(wrong|bench):/m);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tcpdump .* all /m);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/^\| tcpdump +\| +\d+\.\d\d \|/m);
    expect(text).toContain('-r TRACE -w /dev/null');
    expect(text).not.toContain(directory);
    expect(readdirSync(directory).filter((name) => name.startsWith('run-'))).toEqual([]);
  });

  it.each([
    [['--runs', '0'], /--runs: '0' is no count, expected a whole number from 1/],
    [['--tools', 'nothing'], /--tools: unknown 'nothing', expected of weir-1, weir-2, tcpdump/],
    [['--cases', ''], /--cases: empty, expected of flows-10k/],
    [['--nothing'], /Unknown option '--nothing'/],
  ])('refuses %j with exit code 2', (options, message) => {
    const { status, stderr } = bench(...options);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
