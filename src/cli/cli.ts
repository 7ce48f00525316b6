import { packageVersion } from '../sensor/package-version.js';
import { runToEnd } from '../sensor/run-to-end.js';
import { COMMANDS } from './commands.js';
import { UsageError } from './usage-error.js';

const EXIT_USAGE = 2;

/** Runs the command line of this process. */
export function runProgram(): void {
  runToEnd(runCli(process.argv.slice(2)));
}

/** Runs the command line `words` (without interpreter and script); sets the exit code of the process. */
export async function runCli(words: readonly string[]): Promise<void> {
  try {
    if (await runPlain(words)) return;
    const { runWithYargs } = await import('./command-line.js');
    await runWithYargs(words, runCli);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`weir: ${error.message}\n${helpCommand(words)} tells more.\n`);
    process.exitCode = EXIT_USAGE;
  }
}

/** Runs a line that is plainly right; false for others. */
async function runPlain(words: readonly string[]): Promise<boolean> {
  const [command, ...rest] = words;
  if (command === '--version' && rest.length === 0) {
    process.stdout.write(`${packageVersion()}\n`);
    return true;
  }
  if (command !== 'replay' && command !== 'live') return false;
  const { plainLine } = await import('./plain-words.js');
  const line = plainLine(command, rest);
  if (line === null) return false;
  if (command === 'replay') await (await import('./replay-command.js')).runReplayLine(line);
  else await (await import('./live-command.js')).runLiveLine(line);
  return true;
}

/** How to get help on the command that was named, if one was. */
function helpCommand(words: readonly string[]): string {
  const named = words.find((word) => Object.hasOwn(COMMANDS, word));
  return named === undefined ? 'weir --help' : `weir ${named} --help`;
}
