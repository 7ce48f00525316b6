import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { Configuration, ConfigurationError } from '../config/configuration.js';
import { effectiveJson, effectiveText, explanation, overview } from '../config/explain.js';
import { configurationSchema } from '../config/json-schema.js';
import { nearest } from '../config/nearest.js';
import { SETTING_KEYS } from '../config/settings.js';
import { parseOutput } from '../export/output-spec.js';
import { readLabelRules } from './label-rules.js';
import { namedFile, readSettings, settingsOfCommand, settingsOptions } from './settings-options.js';
import { UsageError } from './usage-error.js';

const EXIT_FAULT = 1;

/** Adds one thing that `weir config` does. */
function add<T>(
  yargs: Argv,
  what: string,
  does: string,
  options: (yargs: Argv) => Argv<T>,
  run: (argv: ArgumentsCamelCase<T>) => void | Promise<void>,
): Argv {
  return yargs.command(what, does, options, run as (argv: ArgumentsCamelCase<unknown>) => void | Promise<void>);
}

export const configCommand: CommandModule<object, object> = {
  command: 'config',
  describe: 'Check, explain and print the configuration',
  builder: (yargs: Argv) => {
    let parser = yargs.demandCommand(1, 'name what to do: check, explain, print or schema').strict();
    parser = add(
      parser,
      'check <file>',
      'Say what is wrong with a configuration file',
      (args) => args.positional('file', { describe: 'Configuration file (YAML)', type: 'string', demandOption: true }),
      ({ file }) => check(file),
    );
    parser = add(
      parser,
      'explain [key]',
      'Tell what a setting means; without a key, list all settings',
      (args) => args.positional('key', { describe: 'Setting or group, such as flow.idleTimeout', type: 'string' }),
      ({ key }) => explain(key),
    );
    parser = add(
      parser,
      'print',
      'Show the settings in effect, where each comes from, its default and range',
      (args) =>
        settingsOptions(args, 'any').option('format', {
          describe: 'table for people; json for programs',
          choices: ['text', 'json'] as const,
          default: 'text' as const,
        }),
      async (argv) => print(await settingsOfCommand('any', argv), argv.format),
    );
    return add(
      parser,
      'schema',
      'Print the JSON Schema of the configuration file',
      (args) => args,
      () => void process.stdout.write(`${JSON.stringify(configurationSchema(), null, 2)}\n`),
    );
  },
  handler: () => undefined,
};

/** Reads the file as a command would, with nothing beside it; sets the exit code. */
async function check(name: string): Promise<void> {
  const faults: string[] = [];
  const file = await namedFile({ config: name }, {});
  try {
    const configuration = readSettings('any', {}, file, {});
    faults.push(...outputFaults(configuration));
    await readLabelRules(configuration.get('dpi.labels'));
  } catch (error) {
    if (error instanceof ConfigurationError) faults.push(...error.faults);
    else if (error instanceof UsageError) faults.push(error.message);
    else throw error;
  }
  if (faults.length === 0) {
    process.stdout.write(`${name}: no fault\n`);
    return;
  }
  process.stderr.write(faults.map((fault) => `${fault}\n`).join(''));
  process.exitCode = EXIT_FAULT;
}

/** Outputs that no run could open, whatever the file system. */
function outputFaults(configuration: Configuration): string[] {
  return configuration.get('outputs').flatMap((output) => {
    try {
      parseOutput(output);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [`${configuration.origin('outputs').where}: ${error.message}`];
    }
  });
}

function explain(key: string | undefined): void {
  if (key === undefined) {
    process.stdout.write(overview());
    return;
  }
  const keys = SETTING_KEYS.filter((each) => each === key || each.startsWith(`${key}.`));
  if (keys.length === 0) {
    const meant = nearest(key, SETTING_KEYS) ?? SETTING_KEYS.find((each) => each.endsWith(`.${key}`));
    const hint = meant === undefined ? 'weir config explain lists all' : `did you mean ${meant}?`;
    throw new UsageError(`no setting is called '${key}'; ${hint}`);
  }
  process.stdout.write(keys.map(explanation).join('\n'));
}

function print(configuration: Configuration, format: 'text' | 'json'): void {
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(effectiveJson(configuration), null, 2)}\n` : effectiveText(configuration),
  );
}
