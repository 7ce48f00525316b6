#!/usr/bin/env node
/**
 * What deep packet inspection costs: packets a second of processor time with labels and with all metadata, against none.
 * Start-up, taken on a capture of one packet, is left out. Usage: node bench/dpi.mjs [--packets 2000000] [--runs 3]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { FEWEST_PACKETS, provideTrace } from './generate-traffic.mjs';

const CASE = 'mix-full';
const WEIR = new URL('../dist/program/main.js', import.meta.url).pathname;
/** Settings of --dpi, and the least share of the speed without it that is aimed at. */
const SETTINGS = [
  ['labels', 0.7],
  ['all', 0.5],
];

/** Runs in a process of its own: prints the processor seconds of the command. */
const TIMED = `
import os, sys
out = os.open(os.devnull, os.O_WRONLY)
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_, status, usage = os.wait4(pid, 0)
if status: sys.exit(1)
print(usage.ru_utime + usage.ru_stime)
`;

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '2000000' }, runs: { type: 'string', default: '3' } },
});
const runs = Number(values.runs);
const trace = provideTrace({ caseName: CASE, packets: Number(values.packets) });
const small = provideTrace({ caseName: CASE, packets: FEWEST_PACKETS });
const directory = mkdtempSync(join(tmpdir(), 'weir-bench-dpi-'));

/** @param {string} capture @param {string} dpi @returns {number} processor seconds */
function seconds(capture, dpi) {
  const output = join(directory, 'flows.ipfix');
  rmSync(output, { force: true });
  const command = [process.execPath, WEIR, 'replay', capture, `--dpi=${dpi}`, '-o', output];
  const { status, stdout, stderr } = spawnSync('python3', ['-c', TIMED, ...command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return Number(stdout);
}

try {
  /** @type {Record<string, number>} */
  const best = {};
  const note = (name, value) => (best[name] = Math.min(best[name] ?? Infinity, value));
  // In turn, so that a machine that slows down slows all.
  for (let run = 0; run < runs; run++) {
    for (const dpi of ['off', ...SETTINGS.map(([name]) => name)]) {
      note(`${dpi} start`, seconds(small.path, dpi));
      note(dpi, seconds(trace.path, dpi));
    }
  }
  const net = (dpi) => best[dpi] - best[`${dpi} start`];
  const speed = (dpi) => trace.packets / net(dpi) / 1e6;
  process.stdout.write(`off     ${speed('off').toFixed(2)} M packets a processor second\n`);
  for (const [dpi, target] of SETTINGS) {
    const ratio = net('off') / net(dpi);
    const comparison = ratio >= target ? 'reached' : 'missed';
    process.stdout.write(
      `${dpi.padEnd(8)}${speed(dpi).toFixed(2)} M, ${ratio.toFixed(2)} of off (target ${target}: ${comparison})\n`,
    );
  }
} finally {
  rmSync(directory, { recursive: true });
}
