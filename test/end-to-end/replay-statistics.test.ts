import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  bundled,
  generatedTrace,
  programPath,
  quoted,
  shell,
  temporaryFolder,
  weir,
  type WeirRun,
} from '../support/run-weir.js';

/** What `weir replay` tells while it runs and at its end. */

programPath();

const dns = bundled('dns.pcap');

/** The keys of --stats json, which programs rely on: none may go away or change its meaning. */
const KEYS = [
  'inputs.faults[]',
  'inputs.octets',
  'inputs.read',
  'ledger.balanced',
  'ledger.flows.created',
  'ledger.flows.endReasons.active',
  'ledger.flows.endReasons.endOfFlow',
  'ledger.flows.endReasons.forced',
  'ledger.flows.endReasons.idle',
  'ledger.flows.endReasons.lackOfResources',
  'ledger.flows.exported',
  'ledger.flows.live',
  'ledger.flows.notSent',
  'ledger.flows.peak',
  'ledger.fragments.portsUnknown',
  'ledger.fragments.tableOverflow',
  'ledger.notIpByEtherType.*',
  'ledger.octetsMetered',
  'ledger.oddTimestamps',
  'ledger.packets.ignored.badIpHeader',
  'ledger.packets.ignored.duplicate',
  'ledger.packets.ignored.encryptedLink',
  'ledger.packets.ignored.filtered',
  'ledger.packets.ignored.notIp',
  'ledger.packets.ignored.tooManyHeaders',
  'ledger.packets.ignored.truncatedExtensionHeader',
  'ledger.packets.ignored.truncatedIpHeader',
  'ledger.packets.ignored.truncatedLinkHeader',
  'ledger.packets.ignored.unsupportedLinkType',
  'ledger.packets.ignoredTotal',
  'ledger.packets.live',
  'ledger.packets.metered',
  'ledger.packets.received',
  'ledger.undecodedTunnels',
  'outputs[].balanced',
  'outputs[].counts.errors',
  'outputs[].counts.exported',
  'outputs[].counts.filtered',
  'outputs[].counts.messages',
  'outputs[].counts.notSent.failed',
  'outputs[].counts.notSent.queueFull',
  'outputs[].counts.notSent.spoolFull',
  'outputs[].counts.notSent.unsupported',
  'outputs[].counts.octets',
  'outputs[].counts.offered',
  'outputs[].counts.queuedOctets',
  'outputs[].counts.queuedRecords',
  'outputs[].counts.reconnects',
  'outputs[].counts.recovered',
  'outputs[].counts.repeated',
  'outputs[].counts.shortened',
  'outputs[].counts.spooledOctets',
  'outputs[].counts.spooledRecords',
  'outputs[].counts.templateMessages',
  'outputs[].fault',
  'outputs[].name',
  'outputs[].notSent',
  'outputs[].records',
  'packetsPerSecond',
  'seconds',
];

describe('the statistics at the end', () => {
  it('have stable keys as JSON, on standard error and in a file', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'statistics.json');
    const output = path.join(folder, 'flows.csv');
    const result = await weir(['replay', dns, '-o', output, '--stats', 'json', '--stats-file', file]);
    expect(result).toMatchObject({ exitCode: 0, stdout: '' });
    const told = JSON.parse(result.stderr) as unknown;
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(told);
    expect(keysOf(told).sort()).toEqual(KEYS);
    expect(told).toMatchObject({
      inputs: { read: 1, octets: 5083, faults: [] },
      outputs: [{ name: output, records: 7, fault: null }],
      ledger: {
        packets: { received: 34, metered: 32, ignored: { notIp: 2 }, ignoredTotal: 2, live: 0 },
        octetsMetered: 3983,
        flows: { created: 7, exported: 7, notSent: 0, live: 0, endReasons: { endOfFlow: 2, forced: 5, idle: 0 } },
        notIpByEtherType: { '0x0806': 2 },
        balanced: true,
      },
    });
  });

  it('are the ledger, the rates and the flows by end reason for people', async () => {
    const { exitCode, stderr } = await weir([
      'replay',
      bundled('demo.pcap'),
      '-o',
      path.join(temporaryFolder(), 'x.ipfix'),
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/received +769 +215,374 octets of 1 input\n/);
    expect(stderr).toMatch(/metered +749 +191,720 IP octets\n/);
    expect(stderr).toMatch(/ignored +20 +notIp 20 \(0x0806 20\)\n/);
    expect(stderr).toMatch(/exported +233 +idle 24, endOfFlow 209\n/);
    expect(stderr).toMatch(/ledger balances; \d+\.\d\d s, [\d,]+ packets\/s\n$/);
  });

  it('are left out with --stats none, and written to the file all the same', async () => {
    const file = path.join(temporaryFolder(), 'statistics.json');
    const { exitCode, stderr } = await weir(['replay', dns, '--stats', 'none', '--stats-file', file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toHaveProperty('ledger.balanced', true);
  });
});

const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
if (!hasTerminal) process.stderr.write('replay-statistics.test.ts: no terminal tried, the program script is missing\n');

describe.skipIf(!hasTerminal)('progress on a terminal', () => {
  /** Runs a line of shell with a terminal as its standard error. */
  const onTerminal = (line: string): Promise<WeirRun> => {
    const program = `weir() { ${quoted(process.execPath)} ${quoted(programPath())} "$@"; }; stty cols 200; ${line}`;
    return shell(`script -qec ${quoted(`bash -c ${quoted(program)}`)} /dev/null < /dev/null`);
  };
  /** A capture that takes long enough. */
  const slowly = `(head -c 3000; sleep 1; cat) < ${quoted(dns)}`;

  it('shows how much is read, packets a second, live flows and what is left', async () => {
    const trace = await generatedTrace('flows-10k', 400_000);
    const output = path.join(temporaryFolder(), 'flows.csv.gz');
    const captures = Array.from({ length: 4 }, () => quoted(trace)).join(' ');
    const { exitCode, stdout } = await onTerminal(`weir replay ${captures} -o ${quoted(output)}`);
    expect(exitCode).toBe(0);
    const bar = /\r\[#*\.*\] +(\d+) % +(\d+) MB +(\d+\.\d\d) Mpackets\/s +([\d,]+) live flows +(\d+:\d\d) left/g;
    const shown = [...stdout.matchAll(bar)].map(([, percent]) => Number(percent));
    expect(shown.length).toBeGreaterThan(1);
    // All inputs together are the whole.
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown[0]).toBeLessThan(100);
    // It makes room for the ledger.
    expect(stdout.slice(stdout.lastIndexOf('\r\x1b[K'))).toContain('ledger balances');
  });

  it('knows no end of standard input', async () => {
    const { stdout } = await onTerminal(`${slowly} | weir replay - -o ${quoted(`${temporaryFolder()}/x.csv`)}`);
    expect(stdout).toMatch(/\r\d+ MB +\d+\.\d\d Mpackets\/s +\d+ live flows/);
    expect(stdout).not.toContain(' left');
  });

  it('is left out with --no-progress', async () => {
    const { stdout } = await onTerminal(
      `${slowly} | weir replay - --no-progress -o ${quoted(`${temporaryFolder()}/x.csv`)}`,
    );
    expect(stdout).not.toContain('Mpackets/s');
    expect(stdout).toContain('ledger balances');
  });

  it('is never shown where there is no terminal', async () => {
    const { stdout, stderr } = await shell(`${slowly} | weir replay - -o ${quoted(`${temporaryFolder()}/x.csv`)}`);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('\r');
    expect(stderr).not.toContain('Mpackets/s');
  });

  it('standard input that is a terminal is wrong usage', async () => {
    const { exitCode, stdout } = await shell(
      `script -qec ${quoted(`${quoted(process.execPath)} ${quoted(programPath())} replay -`)} /dev/null < /dev/null`,
    );
    expect(exitCode).toBe(2);
    expect(stdout).toContain('standard input: is a terminal');
  });
});

/** Paths of all values; `[]` stands for the members of a list, `*` for keys that the capture brings. */
function keysOf(value: unknown, at = ''): string[] {
  if (at === 'ledger.notIpByEtherType') return [`${at}.*`];
  if (Array.isArray(value)) return value.length === 0 ? [`${at}[]`] : value.flatMap((each) => keysOf(each, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) => keysOf(member, at === '' ? key : `${at}.${key}`));
}
