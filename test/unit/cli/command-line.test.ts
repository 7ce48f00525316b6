import fs from 'node:fs';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { bundled, temporaryFolder, weir } from '../../support/run-weir.js';

it.each([
  [['--idle-timeout', '30x'], "--idle-timeout '30x' is no duration"],
  [['--stats', 'xml'], '--stats "xml", expected one of "text", "json", "none"'],
  [['--no-such-option'], 'unknown option --no-such-option'],
  [['--from'], 'option from: a value is missing'],
])('a wrong option, %j, is told once and nothing is done', async (words, message) => {
  const output = path.join(temporaryFolder(), 'flows.ipfix');
  const { exitCode, stdout, stderr } = await weir(['replay', bundled('dns.pcap'), '-o', output, ...words]);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n').slice(1)).toEqual(['weir replay --help tells more.']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(fs.existsSync(output)).toBe(false);
});

it.each([
  [['replay', 'x.pcap', '--idle-timout', '3s'], 'unknown option --idle-timout; did you mean --idle-timeout?'],
  [['replay', 'x.pcap', '--max-flow=3'], 'unknown option --max-flow=3; did you mean --max-flows?'],
  [['replay', 'x.pcap', '--no-vlan-in-ky'], 'unknown option --no-vlan-in-ky; did you mean --no-vlan-in-key?'],
  [['replay', 'x.pcap', '-x'], 'unknown option -x'],
  [['live', '--interfce', 'eth0'], 'unknown option --interfce; did you mean --interface?'],
  [['print', 'x.ipfix', '--formt', 'json'], 'unknown option --formt; did you mean --format?'],
  [['ctl', 'status', '--sock', 'x'], 'unknown option --sock; did you mean --socket?'],
  [['top', '--intervall', '3s'], 'unknown option --intervall; did you mean --interval?'],
  [['top', '-x'], 'unknown option -x'],
  [['labels', '--whatever'], 'unknown option --whatever'],
  [['interfaces', '--whatever'], 'unknown option --whatever'],
  [['config', 'print', '--maxx-flows', '3'], 'unknown option --maxx-flows; did you mean --max-flows?'],
])('names the option that was probably meant: %j', async (words, message) => {
  const { exitCode, stdout, stderr } = await weir(words);
  expect(stderr).toBe(`weir: ${message}\nweir ${words[0]} --help tells more.\n`);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

it('speaks one language whatever the locale', async () => {
  vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
  const { stderr } = await weir(['nonsense']);
  vi.unstubAllEnvs();
  expect(stderr).toBe("weir: unknown command 'nonsense'\nweir --help tells more.\n");
});

it('completion does not run the command that is being typed', async () => {
  const output = path.join(temporaryFolder(), 'flows.ipfix');
  const typed = ['weir', 'replay', bundled('dns.pcap'), '-o', output, '--st'];
  const { exitCode, stdout } = await weir(['--get-yargs-completions', ...typed]);
  expect(stdout).toContain('--stats');
  expect(exitCode).toBe(0);
  expect(fs.existsSync(output)).toBe(false);
});
