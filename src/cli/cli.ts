import yargs, { type CommandModule } from 'yargs';

import { configCommand } from './config-command.js';
import { ctlCommand } from './ctl-command.js';
import { interfacesCommand } from './interfaces-command.js';
import { labelsCommand } from './labels-command.js';
import { liveCommand } from './live-command.js';
import { printCommand } from './print-command.js';
import { replayCommand } from './replay-command.js';
import { topCommand } from './top-command.js';
import { UsageError } from './usage-error.js';
import { packageVersion } from '../sensor/package-version.js';
import { yafCommand } from './yaf/yaf-command.js';

const EXIT_USAGE = 2;
const COMPLETION_REQUEST = 'get-yargs-completions';

/** The commands, in the order of `weir --help`. */
const COMMANDS: readonly CommandModule<object, never>[] = [
  replayCommand as CommandModule<object, never>,
  liveCommand as CommandModule<object, never>,
  printCommand as CommandModule<object, never>,
  topCommand as CommandModule<object, never>,
  ctlCommand as CommandModule<object, never>,
  configCommand as CommandModule<object, never>,
  interfacesCommand as CommandModule<object, never>,
  labelsCommand as CommandModule<object, never>,
  yafCommand(runCli) as CommandModule<object, never>,
];

/** yargs has two forms of some messages, singular and plural, of which its types know nothing. */
function inBothForms(text: string): string {
  return { one: text, other: text } as unknown as string;
}

/** Runs the command line `words` (without interpreter and script); sets the exit code of the process. */
export async function runCli(words: readonly string[]): Promise<void> {
  try {
    await parse(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`weir: ${error.message}\n${helpCommand(words)} tells more.\n`);
    process.exitCode = EXIT_USAGE;
  }
}

async function parse(words: readonly string[]): Promise<void> {
  let parser = yargs(words as string[])
    .scriptName('weir')
    .locale('en')
    .usage('$0 <command>\n\nMeters packets into flow records and exports them.')
    .version(packageVersion())
    .completion('completion', 'Print a completion script for the shell')
    // What the completion script calls with. Commands take unknown options for arguments: this one has to be known to them,
    // or pressing the tabulator would run the command.
    .option(COMPLETION_REQUEST, { type: 'boolean', hidden: true })
    .demandCommand(1, 'name a command')
    .strictCommands()
    .recommendCommands()
    .help()
    .alias('help', 'h')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .updateStrings({
      'Invalid values:': 'not one of the choices:',
      'Argument: %s, Given: %s, Choices: %s': '--%s %s, expected one of %s',
      'Not enough arguments following: %s': 'option %s: a value is missing',
      'Not enough non-option arguments: got %s, need at least %s': inBothForms(
        'files are missing: got %s, expected at least %s',
      ),
      'Unknown command: %s': inBothForms("unknown command '%s'"),
      'Did you mean %s?': 'did you mean %s?',
    })
    .fail((message: string | null, error: Error | undefined) => {
      // Without a message it is the command itself that threw. Throwing keeps yargs from running it all the same.
      if (message === null && error !== undefined) throw error;
      const text = (message ?? 'the command line is wrong').replaceAll(/\s*\n\s*/g, ' ').trim();
      // yargs names all words; the first is the command.
      throw new UsageError(text.replace(/^(unknown command '[^,']+), .*'$/, "$1'"));
    });
  for (const command of COMMANDS) parser = parser.command(command);
  await parser.parseAsync();
}

/** How to get help on the command that was named, if one was. */
function helpCommand(words: readonly string[]): string {
  const known = COMMANDS.map(({ command }) => String(command).split(' ')[0]);
  const named = words.find((word) => known.includes(word));
  return named === undefined ? 'weir --help' : `weir ${named} --help`;
}
