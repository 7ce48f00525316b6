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
