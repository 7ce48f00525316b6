import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundled, programPath, quoted, shell, temporaryFolder, weir } from '../support/run-weir.js';

/** The command line as a whole: help, version, completion, wrong commands. */

programPath();

const REPLAY_OPTIONS = [
  ...[
    'list',
    'from',
    'to',
    'filter',
    'dedup',
    'output',
    'uniflow',
    'time',
    'observation-domain',
    'idle-timeout',
    'active-timeout',
  ],
  ...['max-flows', 'vlan-in-key', 'interface-in-key', 'decap', 'port-vxlan', 'port-geneve', 'workers', 'stats'],
  ...['stats-file', 'log', 'progress'],
];

describe('help', () => {
  it('of the program is short and names the commands', async () => {
    const { exitCode, stdout, stderr } = await weir(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(25);
    for (const command of ['replay', 'print', 'interfaces', 'completion'])
      expect(stdout).toMatch(new RegExp(`^  weir ${command} .*\\w`, 'm'));
  });

  it('of a command is grouped, names every option and fits the width of a terminal', async () => {
    const { exitCode, stdout } = await weir(['replay', '--help']);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => /^\w[\w ]*:?$/.test(line)).map((line) => line.replace(':', ''))).toEqual(
      expect.arrayContaining(['Input', 'Output', 'Flows', 'Tunnels', 'Run']),
    );
    for (const option of REPLAY_OPTIONS) expect(stdout).toMatch(new RegExp(`--${option} .*\\w`));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect((await weir(['replay', '-h'])).stdout).toBe(stdout);
  });
});

it('--version is that of the package', async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(programPath(), '../../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(await weir(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

describe('wrong commands', () => {
  it.each([
    [[], /name a command/],
    [['replya'], /replay/],
    [['meter', 'x.pcap'], /unknown command 'meter'/],
    [['print'], /files are missing/],
    [['print', 'x.ipfix', '--format', 'yaml'], /expected one of "table", "json", "csv", "silk"/],
    [['print', 'x.ipfix', '--limit', 'few'], /--limit 'few': expected a whole number/],
  ])('weir %j says what is wrong and where help is', async (words, expected) => {
    const { exitCode, stdout, stderr } = await weir(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/ --help tells more\.\n$/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('completion', () => {
  it('has a script that shells accept', async () => {
    const { stdout } = await weir(['completion']);
    expect(stdout).toContain('--get-yargs-completions');
    const { exitCode, stdout: defined } = await shell(`eval "$(weir completion)" && complete -p weir`);
    expect(exitCode).toBe(0);
    expect(defined).toMatch(/complete .* weir/);
  });

  it.each([
    [
      ['weir', ''],
      ['replay', 'print'],
    ],
    [
      ['weir', 'replay', '--'],
      ['--output', '--idle-timeout', '--decap'],
    ],
    [
      ['weir', 'print', '--'],
      ['--format', '--fields', '--sort', '--limit'],
    ],
  ])('of %j offers what may follow, and runs nothing', async (words, expected) => {
    const { exitCode, stdout, stderr } = await weir(['--get-yargs-completions', ...words]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(expected));
  });
});

it.each([
  [['weir', 'replay', ''], []],
  [['weir', 'replay', 'day.pcap', '-o', ''], []],
  [
    ['weir', 'replay', '--time', ''],
    ['ms', 'us', 'ns'],
  ],
  [
    ['weir', 'config', ''],
    ['check', 'explain', 'print', 'schema'],
  ],
])('completion of %j leaves names of files to the shell', async (words, expected) => {
  const { stdout } = await weir(['--get-yargs-completions', ...words]);
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual(expected);
});

describe('weir print', () => {
  it('reads standard input and compressed files', async () => {
    const file = path.join(temporaryFolder(), 'dns.ipfix');
    expect(
      (await weir(['replay', bundled('dns.pcap'), '-o', file, '-o', `${file}.gz`, '--stats', 'none'])).exitCode,
    ).toBe(0);
    const plain = await weir(['print', file, '--format', 'csv']);
    expect(plain.stdout.split('\n').length).toBe(9);
    expect(await weir(['print', `${file}.gz`, '--format', 'csv'])).toEqual(plain);
    expect(await weir(['print', '-', '--format', 'csv'], { input: fs.readFileSync(file) })).toEqual(plain);
  });

  it('follows a replay in a pipe, and ends with its reader', async () => {
    const line = `weir replay ${quoted(bundled('demo.pcap'))} -o x.ipfix --stats none && weir print x.ipfix | head -n 2; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = await shell(line, { directory: temporaryFolder() });
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^START/),
      expect.stringMatching(/^2026/),
      '0',
    ]);
  });

  it('names what it cannot read', async () => {
    const missing = path.join(temporaryFolder(), 'missing.ipfix');
    expect(await weir(['print', missing])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `weir print: ${missing}: no such file\n`,
    });
    const capture = await weir(['print', bundled('dns.pcap')]);
    expect(capture).toMatchObject({ exitCode: 1, stdout: '' });
    expect(capture.stderr).toContain('dns.pcap: octet 0: ');
  });
});

describe('messages', () => {
  it('are JSON lines when programs gather them', async () => {
    const { exitCode, stderr } = await weir(['replay', 'no-such.pcap', '--log', 'json', '--stats', 'none']);
    expect(exitCode).not.toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'warn',
      command: 'replay',
      msg: expect.stringContaining('no-such.pcap'),
    });
  });
});
