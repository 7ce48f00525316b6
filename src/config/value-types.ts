import { grouped } from '../observe/grouped.js';
import { durationUs, momentUs, sizeOctets, UnitError, wholeNumber } from './units.js';

/** JSON Schema (draft 07) of what the configuration file may say. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * How a value is written, and what it means to the program. Every value is written as text, whether it stands on the
 * command line, in the environment or in the file; so there is one reading of it, and one list of what is allowed.
 */
export interface ValueType<T> {
  /** `one` is written once, `many` may be repeated and is a list in the file, `switch` is true or false. */
  readonly form: 'one' | 'many' | 'switch';
  /** What is accepted, for people: `duration, 0s to 366d`. */
  readonly accepts: string;
  /** Unit of the parsed value; empty when it has none. */
  readonly unit: string;
  /** All that may be written, where that is a short list. */
  readonly choices: readonly string[];
  /** In the file a sequence may stand for the list that is otherwise written with commas. */
  readonly commas: boolean;
  /** Key of the map that an item of a list may be in the file; its other keys are options of the item. */
  readonly itemKey: string | null;
  readonly schema: JsonSchema;
  /** Reads the texts, of which there is one unless the form is `many`. Throws a `UnitError`: what was given, what is allowed. */
  parse(texts: readonly string[]): T;
}

function single<T>(
  accepts: string,
  schema: JsonSchema,
  parse: (text: string) => T,
  rest: Partial<Pick<ValueType<T>, 'form' | 'unit' | 'choices' | 'commas'>> = {},
): ValueType<T> {
  const common = { form: 'one', unit: '', choices: [], commas: false, itemKey: null } as const;
  return { ...common, ...rest, accepts, schema, parse: ([text]) => parse(text) };
}

/** Duration in µs, from `smallest` to `largest` (both as people write them). */
export function duration(smallest: string, largest: string): ValueType<number> {
  const schema = { type: ['string', 'number'], pattern: '^[0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d)?$', minimum: 0 };
  const parse = (text: string): number => {
    const value = durationUs(text);
    if (value >= durationUs(smallest) && value <= durationUs(largest)) return value;
    throw new UnitError(`'${text}': expected a duration from ${smallest} to ${largest}`);
  };
  return single(`duration, ${smallest} to ${largest}`, schema, parse, { unit: 'µs' });
}

/** Size in octets. */
export function size(smallest: string, largest: string): ValueType<number> {
  const schema = { type: ['string', 'integer'], pattern: '^[0-9]+(\\.[0-9]+)? *[KMGTkmgt]?([Ii]?[Bb])?$', minimum: 0 };
  const parse = (text: string): number => {
    const value = sizeOctets(text);
    if (value >= sizeOctets(smallest) && value <= sizeOctets(largest)) return value;
    throw new UnitError(`'${text}': expected a size from ${smallest} to ${largest}`);
  };
  return single(`size, ${smallest} to ${largest}`, schema, parse, { unit: 'octets' });
}

/** A whole number; `word` may stand in its place and then is the value. */
export function whole(smallest: number, largest: number): ValueType<number>;
export function whole<W extends string>(smallest: number, largest: number, word: W): ValueType<number | W>;
export function whole(smallest: number, largest: number, word?: string): ValueType<number | string> {
  const number = { type: 'integer', minimum: smallest, maximum: largest };
  const accepts = `whole number, ${grouped(smallest)} to ${grouped(largest)}`;
  if (word === undefined) return single(accepts, number, (text) => wholeNumber(text, smallest, largest));
  const parse = (text: string): number | string => (text === word ? word : wholeNumber(text, smallest, largest));
  return single(`${accepts}, or \`${word}\``, { anyOf: [number, { const: word }] }, parse);
}

/** A number of octets that is small enough to be written without a unit. */
export function octets(smallest: number, largest: number): ValueType<number> {
  const type = whole(smallest, largest);
  return { ...type, accepts: type.accepts.replace('number', 'number of octets') };
}

/** A moment in µs since 1970. */
export function moment(): ValueType<number> {
  return single('moment', { type: ['string', 'number'] }, momentUs, { unit: 'µs since 1970' });
}

/** True or false. */
export function onOff(): ValueType<boolean> {
  const words = new Map([
    ['true', true],
    ['false', false],
  ]);
  const parse = (text: string): boolean => {
    const value = words.get(text.trim());
    if (value === undefined) throw new UnitError(`'${text}': expected true or false`);
    return value;
  };
  return single('switch', { type: 'boolean' }, parse, { form: 'switch', choices: ['true', 'false'] });
}

/** One of some words. */
export function choice<const W extends string>(words: readonly W[]): ValueType<W> {
  const parse = (text: string): W => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new UnitError(`'${text}': expected one of ${words.join(', ')}`);
    return word;
  };
  return single(words.map((word) => `\`${word}\``).join(', '), { enum: words }, parse, { choices: words });
}

/** Any text, told to people as `accepts`; `check` throws a `UnitError`. */
export function text(accepts: string, check: (text: string) => void = () => undefined): ValueType<string> {
  const parse = (given: string): string => {
    if (given === '') throw new UnitError(`'': expected ${accepts}`);
    check(given);
    return given;
  };
  return single(accepts, { type: 'string', minLength: 1 }, parse);
}

/** UDP or TCP ports, with commas between them. */
export function ports(): ValueType<readonly number[]> {
  const port = { type: 'integer', minimum: 1, maximum: 65_535 };
  const schema = { anyOf: [port, { type: 'string' }, { type: 'array', items: port, minItems: 1 }] };
  const parse = (given: string): number[] => given.split(',').map((each) => wholeNumber(each, 1, 65_535));
  return single('ports, 1 to 65,535, commas', schema, parse, { commas: true });
}

/** Names of `known`, with commas between them; `all` and `none` for short. */
export function names(known: readonly string[]): ValueType<readonly string[]> {
  const name = { enum: known };
  const schema = { anyOf: [{ type: 'string' }, { type: 'array', items: name, uniqueItems: true }] };
  const parse = (given: string): readonly string[] => {
    if (given === 'none' || given === '') return [];
    if (given === 'all') return known;
    const list = given.split(',').map((each) => each.trim());
    for (const each of list) {
      if (!known.includes(each)) {
        throw new UnitError(`'${each}': expected all, none or a list of ${known.join(', ')}`);
      }
    }
    return list;
  };
  return single('`all`, `none`, or names, commas', schema, parse, { commas: true });
}

/** One of `words`, or names of `known` with commas between them. */
export function namesOr(known: readonly string[], words: readonly string[]): ValueType<string | readonly string[]> {
  const name = { enum: known };
  const schema = { anyOf: [{ type: 'string' }, { type: 'array', items: name, uniqueItems: true }] };
  const parse = (given: string): string | readonly string[] => {
    if (words.includes(given)) return given;
    const list = given.split(',').map((each) => each.trim());
    for (const each of list) {
      if (!known.includes(each)) {
        throw new UnitError(`'${each}': expected ${words.join(', ')}, or a list of ${known.join(', ')}`);
      }
    }
    return list;
  };
  return single(`${words.map((word) => `\`${word}\``).join(', ')}, or names, commas`, schema, parse, { commas: true });
}

/**
 * A list of texts, each once. In the file an item may be a map, if `itemKey` names the key of what the text begins with:
 * the other keys are its options, written behind it as the query of a URI.
 */
export function list(accepts: string, itemKey: string | null = null): ValueType<readonly string[]> {
  const item = { type: 'string', minLength: 1 };
  const map = { type: 'object', properties: { [itemKey ?? '']: item }, required: [itemKey] };
  const scalar = { type: ['string', 'number', 'boolean'] };
  const items = itemKey === null ? item : { anyOf: [item, { ...map, additionalProperties: scalar }] };
  return {
    form: 'many',
    accepts,
    unit: '',
    choices: [],
    commas: false,
    itemKey,
    schema: { anyOf: [item, { type: 'array', items }] },
    parse(texts) {
      const twice = texts.find((each, i) => texts.indexOf(each) !== i);
      if (twice !== undefined) throw new UnitError(`'${twice}': is named twice, expected each once`);
      if (texts.includes('')) throw new UnitError(`'': expected ${accepts}`);
      return texts;
    },
  };
}
