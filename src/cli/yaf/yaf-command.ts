import { isatty } from 'node:tty';

import type { ArgumentsCamelCase, Argv, CommandModule, Options } from 'yargs';

import { unknownOption } from '../unknown-option.js';
import { UsageError } from '../usage-error.js';
import { translate } from './translate.js';
import { YAF_GROUPS, YAF_OPTIONS, type YafOption } from './yaf-options.js';

const STANDARD_OUTPUT_FD = 1;

/** `weir yaf`: YAF's command line. `run` runs the words of a weir command. */
export function yafCommand(run: (words: readonly string[]) => Promise<void>): CommandModule<object, object> {
  return {
    command: 'yaf',
    describe: "Take YAF's command line: does what YAF does, or says why not",
    builder: (yargs: Argv) => {
      let args = yargs
        .parserConfiguration({ 'unknown-options-as-args': true, 'boolean-negation': false })
        .strictCommands(false);
      for (const { title, options } of YAF_GROUPS) {
        for (const option of options) args = args.option(option.name, yargsOption(option));
        args = args.group(
          options.map(({ name }) => name),
          title,
        );
      }
      return args
        .option('show', { describe: 'Print the weir command, and run nothing', type: 'boolean', default: false })
        .alias('version', 'V')
        .example('$0 yaf --in day.pcap --out day.yaf --silk --idle-timeout 30', 'a capture into a file for SiLK')
        .example('$0 yaf --live pcap --in eth1 --ipfix tcp --out collector', 'an interface to a collector');
    },
    handler: async (argv: ArgumentsCamelCase) => {
      const [, rest] = argv._.map(String);
      if (rest !== undefined) throw new UsageError(unknown(rest));
      const words = translate(argv);
      if (argv.show === true) {
        process.stdout.write(`weir ${words.map(shellWord).join(' ')}\n`);
        return;
      }
      if (argv.out === undefined && isatty(STANDARD_OUTPUT_FD))
        throw new UsageError('standard output is a terminal: redirect it, or name a file with --out');
      await run(words);
    },
  };
}

function yargsOption({ alias, note, value, verdict }: YafOption): Options {
  const text = note.replaceAll('`', '');
  return {
    ...(alias === undefined ? {} : { alias }),
    describe: verdict === 'refused' ? `refused: ${text}` : verdict === 'idle' ? `no effect: ${text}` : text,
    ...(value === undefined ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
  };
}

function unknown(word: string): string {
  if (!word.startsWith('-')) return `'${word}': YAF's command line has options only; expected --in ${word}`;
  return unknownOption(
    word,
    YAF_OPTIONS.map(({ name }) => name),
  );
}

/** `text` as one word of a shell. */
function shellWord(text: string): string {
  return /^[\w./:=+,@%-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
