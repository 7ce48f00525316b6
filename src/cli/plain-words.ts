import type { MeteringCommand, Setting } from '../config/setting.js';
import { SETTING_GROUPS } from '../config/settings.js';

/** A command line, read: the options by name, as yargs hands them over, and what is no option. */
export interface PlainLine {
  readonly options: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

/** The option that names the configuration file. */
const CONFIG = { option: 'config', alias: 'c', type: { form: 'one', choices: [] } } as const;

type Option = Pick<Setting, 'option' | 'alias' | 'bare'> & { readonly type: Pick<Setting['type'], 'form' | 'choices'> };

/**
 * Reads a line that is plainly right: options of the command, each with its value, and operands. null for every other line,
 * which is for yargs: help, faults, and what is seldom written. So most runs need not load yargs, which takes as long to
 * start as all the rest of the program. What is read here, yargs reads alike.
 */
export function plainLine(command: MeteringCommand, words: readonly string[]): PlainLine | null {
  const known = optionsOf(command);
  const options: Record<string, unknown> = {};
  const operands: string[] = [];
  for (let n = 0; n < words.length; n++) {
    const word = words[n];
    if (/^["']|^$/.test(word)) return null;
    if (!isOption(word)) {
      operands.push(word);
      continue;
    }
    const [name, ...rest] = word.split('=');
    const option = known.get(name);
    if (option === undefined || (rest.length > 0 && !name.startsWith('--'))) return null;
    let value: string | boolean = name !== `--no-${option.option}`;
    if (option.type.form === 'switch') {
      // yargs takes these words for the value of a switch.
      if (rest.length > 0 || ['true', 'false'].includes(words[n + 1])) return null;
    } else if (rest.length > 0) {
      value = rest.join('=');
    } else if (n + 1 < words.length && !isOption(words[n + 1])) {
      value = words[++n];
    } else if (option.bare !== undefined) {
      options[option.option] = '';
      continue;
    }
    if (!isPlain(option, value) || !set(options, option, value)) return null;
  }
  return command === 'live' && operands.length > 0 ? null : { options, operands };
}

/** By what is written: `--name`, `--no-name`, `-n`. */
function optionsOf(command: MeteringCommand): ReadonlyMap<string, Option> {
  const known = new Map<string, Option>();
  const own = SETTING_GROUPS.flatMap(({ settings }) => Object.values(settings)).filter(({ commands }) =>
    commands.includes(command),
  );
  for (const option of [...own, CONFIG] as readonly Option[]) {
    known.set(`--${option.option}`, option);
    if (option.alias !== undefined) known.set(`-${option.alias}`, option);
    if (option.type.form === 'switch') known.set(`--no-${option.option}`, option);
  }
  return known;
}

/** A dash alone is standard input or output. */
function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** A text that is there, without quotes, which yargs takes away, and one of the choices where there are some. */
function isPlain({ type }: Option, value: string | boolean): boolean {
  if (type.form === 'switch') return true;
  if (typeof value !== 'string' || value === '' || /^["']/.test(value)) return false;
  return type.form === 'many' || type.choices.length === 0 || type.choices.includes(value);
}

/** Notes the value; false when there is one already and there may be no other. */
function set(options: Record<string, unknown>, { option, type }: Option, value: string | boolean): boolean {
  if (type.form === 'many') {
    options[option] = [...((options[option] as readonly unknown[] | undefined) ?? []), value];
    return true;
  }
  if (options[option] !== undefined) return false;
  options[option] = value;
  return true;
}
