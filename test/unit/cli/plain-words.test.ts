import { describe, expect, it } from 'vitest';
import yargs from 'yargs';

import { plainLine } from '../../../src/cli/plain-words.js';
import { settingsOptions } from '../../../src/cli/settings-options.js';
import type { MeteringCommand } from '../../../src/config/setting.js';
import { SETTING_GROUPS } from '../../../src/config/settings.js';

const settingsOf = (command: MeteringCommand) =>
  SETTING_GROUPS.flatMap(({ settings }) => Object.values(settings)).filter(({ commands }) =>
    commands.includes(command),
  );

/** The options of the line that have a value, and what is no option, as yargs reads them. */
function byYargs(command: MeteringCommand, words: readonly string[]): { options: object; operands: unknown } {
  const parser = yargs(words)
    .parserConfiguration({ 'unknown-options-as-args': true, 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new Error(message ?? 'wrong');
    });
  const argv = settingsOptions(parser, command).parseSync() as Record<string, unknown>;
  const names = [...settingsOf(command).map(({ option }) => option), 'config'];
  const given = names.filter((name) => argv[name] !== undefined).map((name) => [name, argv[name]] as const);
  return { options: Object.fromEntries(given), operands: (argv._ as unknown[]).map(String) };
}

describe.each(['replay', 'live'] as const)('a line of %s that is plainly right', (command) => {
  const operands = command === 'replay' ? ['day.pcap', '-'] : [];
  const written = settingsOf(command).flatMap(({ option, alias, bare, type }) => {
    const names = [`--${option}`, ...(alias === undefined ? [] : [`-${alias}`])];
    if (type.form === 'switch') return [...names, `--no-${option}`].map((name) => [name]);
    const value = type.choices.at(-1) ?? 'a=b,1';
    return [
      ...names.map((name) => [name, value]),
      [`--${option}=${value}`],
      ...(bare === undefined ? [] : [[`--${option}`]]),
      ...(type.form === 'many' ? [[`--${option}`, value, `--${option}=-`]] : []),
    ];
  });

  it.each(written.map((words) => [words.join(' '), words] as const))('is read as yargs reads it: %s', (_, words) => {
    const line = [...operands, ...words];
    expect(plainLine(command, line)).toEqual(byYargs(command, line));
    // In front of operands a value that may be left out would take one.
    const before = [...words, '--idle-timeout', '3s', ...operands];
    if (!words.some((word) => word.includes('idle-timeout')))
      expect(plainLine(command, before)).toEqual(byYargs(command, before));
  });

  it('may name a file, and have no options', () => {
    for (const words of [['-c', 'weir.yaml'], ['--config=weir.yaml'], []]) {
      expect(plainLine(command, [...words, ...operands])).toEqual(byYargs(command, [...words, ...operands]));
    }
  });
});

it('an operand behind an option whose value may be left out is its value, as with yargs', () => {
  const words = ['--dpi', 'day.pcap'];
  expect(plainLine('replay', words)).toEqual({ options: { dpi: 'day.pcap' }, operands: [] });
  expect(plainLine('replay', words)).toEqual(byYargs('replay', words));
});

it.each([
  ['--help'],
  ['-h'],
  ['--version'],
  ['--get-yargs-completions', 'day.pcap'],
  ['--', 'day.pcap'],
  ['--no-such-option'],
  ['--idleTimeout', '3s'],
  ['--idle-timeout'],
  ['--idle-timeout', '--uniflow'],
  ['--idle-timeout', '1s', '--idle-timeout', '2s'],
  ['--idle-timeout='],
  ['--idle-timeout', "'3s'"],
  ['--stats', 'xml'],
  ['--uniflow=true'],
  ['--uniflow', 'false'],
  ['--uniflow', '--no-uniflow'],
  ['--no-idle-timeout', '3s'],
  ['-ox.ipfix'],
  ['-o=x.ipfix'],
  ['-5'],
  [''],
])('is not plainly right, and left to yargs: %j %j', (...words) => {
  expect(
    plainLine(
      'replay',
      words.filter((word) => word !== undefined),
    ),
  ).toBeNull();
});

it('live takes no operands', () => {
  expect(plainLine('live', ['-i', 'eth0', 'eth1'])).toBeNull();
});
