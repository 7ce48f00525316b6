import yargs, { type CommandModule } from 'yargs';

import { packageVersion } from '../sensor/package-version.js';
import { COMMANDS, type RunWords } from './commands.js';
import { unknownOption } from './unknown-option.js';
import { UsageError } from './usage-error.js';

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

type Completed = (error: Error | null, completions: string[] | undefined) => void;

/** Leaves options out where no dash has been typed: a shell that is offered nothing completes names of files. */
function completeWord(
  current: string,
  _words: unknown,
  complete: (completed: Completed) => void,
  done: (completions: string[]) => void,
): void {
  complete((_error, completions = []) => {
    // yargs writes one-letter options with two dashes, too.
    const words = completions.filter((completion) => !/^--.$/.test(completion));
    done(current.startsWith('-') ? words : words.filter((word) => !word.startsWith('-')));
  });
}

/** Options of the command that the line begins with, from what yargs hands to its handler of faults. */
function optionNames(usage: unknown): string[] {
  // Its types take that for a parser.
  const described = (usage as { getDescriptions(): Readonly<Record<string, string | undefined>> }).getDescriptions();
  return Object.keys(described).filter((name) => name.length > 1);
}

/** What is wrong, in one line. */
function faultText(message: string, options: readonly string[]): string {
  const text = message.replaceAll(/\s*\n\s*/g, ' ').trim();
  // A command that takes unknown options for arguments tells of them with their dashes, yargs without, in several spellings.
  const asWritten = /^unknown (?:option|command) '?(-[^\s,']*)/.exec(text)?.[1];
  const bare = /^unknown option ([^\s,]+)/.exec(text)?.[1];
  if (asWritten !== undefined) return unknownOption(asWritten, options);
  if (bare !== undefined) return unknownOption(bare.length === 1 ? `-${bare}` : `--${bare}`, options);
  // yargs names all words; the first is the command.
  return text.replace(/^(unknown command '[^,']+), .*'$/, "$1'");
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
    .completion('completion', 'Print a completion script for the shell', completeWord)
    // What the completion script calls with. Commands take unknown options for arguments: this one has to be known to them,
    // or pressing the tabulator would run the command.
    .option(COMPLETION_REQUEST, { type: 'boolean', hidden: true })
    .demandCommand(1, 'name a command')
    .strictCommands()
    .strictOptions()
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
      'Unknown argument: %s': inBothForms('unknown option %s'),
      'Did you mean %s?': 'did you mean %s?',
    })
    .fail((message: string | null, error: Error | undefined, usage: unknown) => {
      // Without a message it is the command itself that threw. Throwing keeps yargs from running it all the same.
      if (message === null && error !== undefined) throw error;
      throw new UsageError(faultText(message ?? 'the command line is wrong', optionNames(usage)));
    });
  for (const command of await commandsFor(words, run)) parser = parser.command(command as CommandModule<object, never>);
  await parser.parseAsync();
}
