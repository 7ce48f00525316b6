import { spawnSync } from 'node:child_process';

import yargs from 'yargs';

import { readSettings, settingsOptions } from '../../src/cli/settings-options.js';
import type { Configuration } from '../../src/config/configuration.js';
import { type OutputGroup, parseOutput } from '../../src/export/output-spec.js';

/** A weir command line as its command understands it, without running it. */
export interface ParsedCommand {
  readonly command: 'replay' | 'live';
  readonly configuration: Configuration;
  readonly outputs: readonly OutputGroup[];
  /** Captures. */
  readonly operands: readonly string[];
}

/** Reads the words behind `weir`. Throws where the command would say that they are wrong. */
export function parseCommand(words: readonly string[]): ParsedCommand {
  const [command, ...rest] = words;
  if (command !== 'replay' && command !== 'live') throw new Error(`'${command}': expected replay or live`);
  const parser = yargs(rest)
    .parserConfiguration({ 'unknown-options-as-args': true, 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new Error(message ?? 'wrong');
    });
  const argv = settingsOptions(parser, command).parseSync() as Record<string, unknown>;
  const operands = (argv._ as unknown[]).map(String);
  const behindDashes = rest.includes('--') ? rest.length - rest.indexOf('--') - 1 : 0;
  const unknown = operands.slice(0, operands.length - behindDashes).find((word) => /^-./.test(word));
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
  const configuration = readSettings(command, argv, null, {});
  return { command, configuration, outputs: configuration.get('outputs').map(parseOutput), operands };
}

/** The words of a line of shell, behind the first, which must be `program`. */
export function wordsOf(line: string, program: string): string[] {
  const script = `${program}() { printf '%s\\0' "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
  return stdout.split('\0').slice(0, -1);
}
