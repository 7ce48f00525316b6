import yargs, { type CommandModule } from 'yargs';

import { packageVersion } from '../sensor/package-version.js';
import { COMMANDS, type RunWords } from './commands.js';
import { UsageError } from './usage-error.js';

/** Words that stand by themselves, of which yargs speaks as of options. */
const POSITIONAL_CHOICE = /^(not one of the choices: )--(?:what|action) /;
const COMPLETION_REQUEST = 'get-yargs-completions';

/** The command that begins the line; all of them when it begins with none, as for help and completion. */
function commandsFor([first]: readonly string[], run: RunWords): Promise<unknown[]> {
  const named = Object.hasOwn(COMMANDS, first ?? '') ? [COMMANDS[first]] : Object.values(COMMANDS);
  return Promise.all(named.map((load) => load(run)));
}

/** yargs has two forms of some messages, singular and plural, of which its types know nothing. */
function inBothForms(text: string): string {
  return { one: text, other: text } as unknown as string;
}

/**
 * Reads any line with yargs, and runs it, or tells help and completions. `run` runs the words of another line. Rejects with a
 * `UsageError`.
 */
export async function runWithYargs(words: readonly string[], run: RunWords): Promise<void> {
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
        'a file or word is missing: got %s, expected at least %s',
      ),
      'Unknown argument: %s': inBothForms('unknown option: %s'),
      'Unknown command: %s': inBothForms("unknown command '%s'"),
      'Did you mean %s?': 'did you mean %s?',
    })
    .fail((message: string | null, error: Error | undefined) => {
      // Without a message it is the command itself that threw. Throwing keeps yargs from running it all the same.
      if (message === null && error !== undefined) throw error;
      const text = (message ?? 'the command line is wrong').replaceAll(/\s*\n\s*/g, ' ').trim();
      // yargs names all words; the first is the command.
      throw new UsageError(text.replace(/^(unknown command '[^,']+), .*'$/, "$1'").replace(POSITIONAL_CHOICE, '$1'));
    });
  for (const command of await commandsFor(words, run)) parser = parser.command(command as CommandModule<object, never>);
  await parser.parseAsync();
}
