import { RuleBound } from '../../dpi/rules/rule-tables.js';
import { UnitError } from '../units.js';

/** What an expression is made of. A set has 256 places, of which those are true that it holds. */
export type Part =
  | { readonly kind: 'set'; readonly set: readonly boolean[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' };

const MOST_REPEATS = 255;
const MOST_DEPTH = 32;
const SPECIAL = '\\^$.|?*+()[]{}';
const CONTROL: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

type Test = (octet: number) => boolean;

const isDigit: Test = (octet) => octet >= 0x30 && octet <= 0x39;
const isUpper: Test = (octet) => octet >= 0x41 && octet <= 0x5a;
const isLower: Test = (octet) => octet >= 0x61 && octet <= 0x7a;
const isWord: Test = (octet) => isDigit(octet) || isUpper(octet) || isLower(octet) || octet === 0x5f;
const isSpace: Test = (octet) => octet === 0x20 || (octet >= 9 && octet <= 13);
const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: (octet) => !isDigit(octet),
  w: isWord,
  W: (octet) => !isWord(octet),
  s: isSpace,
  S: (octet) => !isSpace(octet),
};

/**
 * Reads a regular expression over octets: characters, `.` (any octet), classes, `\d \w \s` and their opposites, `\xHH`,
 * groups, `|`, `* + ? {n,m}`, `^` and `$` for the first and last octet that is looked at, and `(?i)` in front of all for
 * letters of either case. Characters beyond ASCII are the octets of their UTF-8. Throws a `UnitError`.
 */
export function parseExpression(source: string): Part {
  if (source.length > RuleBound.Expression) {
    throw new UnitError(`has ${source.length} characters, expected ${RuleBound.Expression} at most`);
  }
  return new Parser(source).parse();
}

class Parser {
  #at = 0;
  #depth = 0;
  readonly #ignoresCase: boolean;

  constructor(private readonly source: string) {
    this.#ignoresCase = source.startsWith('(?i)');
    if (this.#ignoresCase) this.#at = 4;
  }

  parse(): Part {
    const part = this.#choice();
    if (this.#at < this.source.length) this.#fail(`')' closes nothing`);
    return part;
  }

  #fail(what: string): never {
    throw new UnitError(`${what} (at character ${this.#at + 1} of '${this.source}')`);
  }

  #peek(): string {
    return this.source[this.#at] ?? '';
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Part {
    if (++this.#depth > MOST_DEPTH) this.#fail(`groups stand ${MOST_DEPTH} deep at most`);
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#depth--;
    return parts.length === 1 ? parts[0] : { kind: 'choice', parts };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.source.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated());
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
  }

  #repeated(): Part {
    const start = this.#at;
    const part = this.#atom();
    const bounds = this.#bounds();
    if (bounds === null) return part;
    if (this.source[start] === '^' || this.source[start] === '$') {
      this.#at = start;
      this.#fail(`'${this.#peek()}' cannot be repeated`);
    }
    // Whether as much or as little as can be is taken makes no difference to whether there is a match.
    this.#take('?');
    const [least, most] = bounds;
    if (this.#bounds() !== null) this.#fail('what is repeated cannot be repeated again without a group');
    return { kind: 'repeat', part, least, most };
  }

  /** Null when nothing is repeated. `most` is Infinity without a bound. */
  #bounds(): readonly [least: number, most: number] | null {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (this.#peek() !== '{') return null;
    const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.source.slice(this.#at));
    if (found === null) this.#fail(`'{' begins a count such as {2,5}: expected that, or \\{`);
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === '' ? Infinity : Number(found[3]);
    if (least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS) || most < least) {
      this.#fail(`${found[0]}: expected counts up to ${MOST_REPEATS}, the lower one first`);
    }
    this.#at += found[0].length;
    return [least, most];
  }

  #atom(): Part {
    const character = this.#peek();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        this.#at++;
        return setOf(() => true);
      case '^':
        this.#at++;
        return { kind: 'begin' };
      case '$':
        this.#at++;
        return { kind: 'end' };
      case '\\':
        return this.#setOf(this.#escape());
      case '*':
      case '+':
      case '?':
        return this.#fail(`'${character}' repeats nothing`);
      case '{':
      case '}':
      case ']':
        return this.#fail(`'${character}': expected \\${character}`);
      default:
        return this.#characters();
    }
  }

  /** One character: the octets of its UTF-8. */
  #characters(): Part {
    const character = String.fromCodePoint(this.source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    const parts = [...Buffer.from(character)].map((octet) => this.#setOf((each) => each === octet));
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
  }

  #group(): Part {
    this.#at++;
    if (this.#peek() === '?' && !this.#take('?:')) {
      this.#fail(`'(?${this.source[this.#at + 1] ?? ''}': of these only (?:…), and (?i) in front of all, are known`);
    }
    const part = this.#choice();
    if (!this.#take(')')) this.#fail(`a ')' is missing`);
    return part;
  }

  /** What stands behind a backslash. */
  #escape(): Test {
    this.#at++;
    const letter = this.#peek();
    if (letter === '') this.#fail(`nothing stands behind the last '\\'`);
    this.#at++;
    if (letter === 'x') {
      const digits = this.source.slice(this.#at, this.#at + 2);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) this.#fail(`'\\x': expected two hexadecimal digits`);
      this.#at += 2;
      const octet = parseInt(digits, 16);
      return (each) => each === octet;
    }
    if (Object.hasOwn(CLASSES, letter)) return CLASSES[letter];
    const octet = Object.hasOwn(CONTROL, letter) ? CONTROL[letter] : letter.charCodeAt(0);
    if (/[a-zA-Z1-9]/.test(letter) && !Object.hasOwn(CONTROL, letter)) {
      this.#fail(`'\\${letter}' is not known: expected one of \\d \\w \\s \\D \\W \\S \\n \\r \\t \\f \\v \\0 \\xHH`);
    }
    if (octet > 0x7f) this.#fail(`'\\${letter}': expected one of ${SPECIAL}`);
    return (each) => each === octet;
  }

  #class(): Part {
    this.#at++;
    const isOpposite = this.#take('^');
    const tests: Test[] = [];
    while (this.#peek() !== ']') {
      if (this.#at >= this.source.length) this.#fail(`a ']' is missing`);
      const low = this.#member();
      if (this.#peek() === '-' && this.source[this.#at + 1] !== ']') {
        this.#at++;
        const high = this.#member();
        const [from, to] = [only(low), only(high)];
        if (from === null || to === null || from > to) this.#fail('a range goes from one character to a later one');
        tests.push((octet) => octet >= from && octet <= to);
      } else tests.push(low);
    }
    this.#at++;
    if (tests.length === 0) this.#fail('a class without characters');
    const isIn = this.#eitherCase((octet) => tests.some((test) => test(octet)));
    return setOf((octet) => isIn(octet) !== isOpposite);
  }

  #member(): Test {
    if (this.#peek() === '\\') return this.#escape();
    const octet = this.source.charCodeAt(this.#at);
    if (!(octet <= 0x7f)) this.#fail('only ASCII characters and \\xHH can stand in a class');
    this.#at++;
    return (each) => each === octet;
  }

  #setOf(test: Test): Part {
    return setOf(this.#eitherCase(test));
  }

  #eitherCase(test: Test): Test {
    if (!this.#ignoresCase) return test;
    return (octet) => test(octet) || ((isUpper(octet) || isLower(octet)) && test(octet ^ 0x20));
  }
}

function setOf(test: Test): Part {
  return { kind: 'set', set: Array.from({ length: 256 }, (_, octet) => test(octet)) };
}

/** The one octet that passes; null when several do. */
function only(test: Test): number | null {
  const octets = Array.from({ length: 256 }, (_, octet) => octet).filter(test);
  return octets.length === 1 ? octets[0] : null;
}
