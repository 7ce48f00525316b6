import { readFileSync } from 'node:fs';

import type { Argv, Options } from 'yargs';

import { captureErrorFrom } from '../capture/capture-error.js';
import { Configuration, ConfigurationError } from '../config/configuration.js';
import { CONFIG_VARIABLE, readEnvironment } from '../config/environment.js';
import type { Layer } from '../config/layer.js';
import type { MeteringCommand, Setting } from '../config/setting.js';
import { SETTING_GROUPS, SETTING_KEYS, settingOf } from '../config/settings.js';
import { UsageError } from './usage-error.js';

/** What yargs hands to a command: options by name. */
export type Words = Readonly<Record<string, unknown>>;
/** Whose options: those of a command, or of all. */
export type OptionScope = MeteringCommand | 'any';
export type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the options of all settings in `scope`, in their groups, and `--config`. */
export function settingsOptions<T>(yargs: Argv<T>, scope: OptionScope): Argv<T> {
  let args: Argv<T> = yargs;
  for (const { title, settings } of SETTING_GROUPS) {
    const own = Object.values(settings).filter((setting) => isIn(scope, setting));
    for (const setting of own) args = args.option({ [setting.option]: yargsOption(setting) }) as unknown as Argv<T>;
    if (own.length > 0)
      args = args.group(
        own.map(({ option }) => option),
        title,
      );
  }
  return args
    .option('config', { alias: 'c', describe: 'Configuration file (YAML)', type: 'string', requiresArg: true })
    .group('config', 'Run');
}

function isIn(scope: OptionScope, { commands }: Setting): boolean {
  return scope === 'any' || commands.includes(scope);
}

/**
 * Whether somebody may look at the options. yargs lays out the help of every command that it runs, wanted or not, and that
 * takes longer than to read the command line: what is hidden is left out of it.
 */
const isShown = process.argv.some((word) => /^(-h|--help|--get-yargs-completions)$/.test(word));

/** yargs does not learn defaults: it would hand them over as if they had been written. */
function yargsOption({ alias, bare, help, standard, type }: Setting): Options {
  return {
    ...(alias === undefined ? {} : { alias }),
    describe: help,
    hidden: !isShown,
    ...(standard === null && type.form !== 'many' ? {} : { defaultDescription: standard ?? 'none' }),
    ...(type.form === 'switch' ? { type: 'boolean' } : { requiresArg: bare === undefined }),
    ...(type.form === 'many' ? { array: true } : {}),
    ...(type.form === 'one' && type.choices.length > 0 ? { choices: type.choices } : {}),
    ...(type.form !== 'switch' && type.choices.length === 0 ? { type: 'string' } : {}),
  };
}

/** Settings on the command line; a word that is no option in `scope` may have the name of one. */
function readWords(scope: OptionScope, words: Words): Layer {
  const layer: Layer = { given: [], faults: [] };
  for (const key of SETTING_KEYS) {
    const { bare = '', option, type } = settingOf(key);
    const value = words[option];
    if (value === undefined || !isIn(scope, settingOf(key))) continue;
    const texts = (Array.isArray(value) ? value : [value]).map((text) => (text === '' ? bare : String(text)));
    if (texts.length > 1 && type.form !== 'many') {
      layer.faults.push(`--${option}: is given ${texts.length} times (${texts.join(', ')}), expected once`);
    } else {
      layer.given.push({ key, texts, source: 'command line', where: `--${option}` });
    }
  }
  return layer;
}

/** All layers, lowest first; `file` is what the configuration file says, null without one. Throws a `ConfigurationError`. */
export function readSettings(
  scope: OptionScope,
  words: Words,
  file: Layer | null,
  environment: Environment,
): Configuration {
  const layers = [readEnvironment(environment), readWords(scope, words)];
  if (file !== null) layers.unshift(file);
  return new Configuration(layers);
}

/** What the configuration file says that the command line or the environment names; null without one. Rejects with a `UsageError`. */
export async function namedFile(words: Words, environment: Environment): Promise<Layer | null> {
  const { config } = words;
  if (Array.isArray(config)) throw new UsageError(`--config: is given ${config.length} times, expected once`);
  const name = (config as string | undefined) ?? (environment[CONFIG_VARIABLE] || undefined);
  if (name === undefined) return null;
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new UsageError(captureErrorFrom(error, name, 'cannot be read').message, { cause: error });
  }
  // Most runs have no file, and do without the library that reads one.
  const { readConfigurationFile } = await import('../config/configuration-file.js');
  return readConfigurationFile(text, name);
}

/**
 * Settings of a command from its command line, the environment and the file that one of them names. A fault is a
 * `UsageError`.
 */
export async function settingsOfCommand(
  scope: OptionScope,
  words: Words,
  environment: Environment = process.env,
): Promise<Configuration> {
  const file = await namedFile(words, environment);
  return asUsage(() => readSettings(scope, words, file, environment));
}

/** Runs `read`; what is wrong with the settings becomes a `UsageError`. */
export function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.faults.join('\n'));
    throw error;
  }
}
