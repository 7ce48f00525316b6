import fs from 'node:fs';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { bundled, temporaryFolder, weir } from '../../support/run-weir.js';

it.each([
  [['--idle-timeout', '30x'], "--idle-timeout '30x' is no duration"],
  [['--stats', 'xml'], '--stats "xml", expected one of "text", "json", "none"'],
  [['--no-such-option'], 'unknown option --no-such-option'],
  [['--from'], 'option from: a value is missing'],
  [['--max-flow', '3'], 'unknown option --max-flow; did you mean --max-flows?'],
])('a wrong option, %j, is told once and nothing is done', async (words, message) => {
  const output = path.join(temporaryFolder(), 'flows.ipfix');
  const { exitCode, stdout, stderr } = await weir(['replay', bundled('dns.pcap'), '-o', output, ...words]);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n').slice(1)).toEqual(['weir replay --help tells more.']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(fs.existsSync(output)).toBe(false);
});

it.each([
  [['live', '-i', 'lo', '--max-flow=3'], 'unknown option --max-flow; did you mean --max-flows?'],
  [['live', 'lo'], "'lo': interfaces are named with -i"],
  [['ctl', 'status', '--sokcet', 'x'], 'unknown option: sokcet'],
  [['top', '--sokcet', 'x'], 'unknown option: sokcet'],
  [['interfaces', '--jsn'], 'unknown option: jsn'],
  [['labels', '--lables', 'none'], 'unknown option: lables'],
  [['ctl'], 'a file or word is missing: got 0, expected at least 1'],
  [['ctl', 'stop'], 'not one of the choices: "stop", expected one of "status", '],
])('%j is told to be wrong before anything is done', async (words, message) => {
  const { exitCode, stdout, stderr } = await weir(words);
  expect({ exitCode, stdout, first: stderr.split('\n')[0] }).toEqual({
    exitCode: 2,
    stdout: '',
    first: expect.stringMatching(/^weir: /),
  });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n').slice(1)).toEqual([`weir ${words[0]} --help tells more.`]);
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
