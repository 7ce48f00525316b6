import yargs, { type CommandModule } from 'yargs';

import { packageVersion } from '../sensor/package-version.js';
import { UsageError } from './usage-error.js';

const EXIT_USAGE = 2;
const COMPLETION_REQUEST = 'get-yargs-completions';

/** The commands, in the order of `weir --help`; each is loaded with all that it needs when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  replay: async () => (await import('./replay-command.js')).replayCommand,
  live: async () => (await import('./live-command.js')).liveCommand,
  print: async () => (await import('./print-command.js')).printCommand,
  top: async () => (await import('./top-command.js')).topCommand,
  ctl: async () => (await import('./ctl-command.js')).ctlCommand,
  config: async () => (await import('./config-command.js')).configCommand,
  interfaces: async () => (await import('./interfaces-command.js')).interfacesCommand,
  labels: async () => (await import('./labels-command.js')).labelsCommand,
  yaf: async () => (await import('./yaf/yaf-command.js')).yafCommand(runCli),
};

/** The command that begins the line; all of them when it begins with none, as for help and completion. */
function commandsFor([first]: readonly string[]): Promise<unknown[]> {
  const named = Object.hasOwn(COMMANDS, first ?? '') ? [COMMANDS[first]] : Object.values(COMMANDS);
  return Promise.all(named.map((load) => load()));
}

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
  for (const command of await commandsFor(words)) parser = parser.command(command as CommandModule<object, never>);
  await parser.parseAsync();
}

/** How to get help on the command that was named, if one was. */
function helpCommand(words: readonly string[]): string {
  const named = words.find((word) => Object.hasOwn(COMMANDS, word));
  return named === undefined ? 'weir --help' : `weir ${named} --help`;
}
