import { Instruction, Op, ProgramWord, RuleBound } from '../../dpi/rules/rule-tables.js';
import { UnitError } from '../units.js';
import { parseExpression, type Part } from './expression-parser.js';

const SET_WORDS = 8;
const MOST_STEPS = 65_536;

/** Makes the program of an expression, as `rule-tables.ts` describes it. Throws a `UnitError`. */
export function compileExpression(source: string): Int32Array {
  return new Compiler(parseExpression(source)).program();
}

/** Instructions are made from the last to the first: each is told where it goes on. */
class Compiler {
  #steps = 0;
  readonly #code: number[] = [];
  readonly #sets: (readonly boolean[])[] = [];
  readonly #setNumbers = new Map<string, number>();

  constructor(private readonly whole: Part) {}

  program(): Int32Array {
    const entry = this.#part(this.whole, this.#add(Op.Match, 0, 0));
    const [classOf, classes] = this.#classes();
    const instructions = this.#code.length / Instruction.Words;
    const code = ProgramWord.First;
    const sets = code + this.#code.length;
    const header = [instructions, entry, classes, code, sets];
    const bits = this.#sets.flatMap((set) => setBits(set, classOf));
    return Int32Array.from([...header, ...classOf, ...this.#code, ...bits]);
  }

  #add(op: Op, x: number, y: number): number {
    const number = this.#code.length / Instruction.Words;
    if (number === RuleBound.Instructions) {
      throw new UnitError(`comes to more than ${RuleBound.Instructions} instructions: expected fewer repetitions`);
    }
    this.#code.push(op, x, y);
    return number;
  }

  /** Adds the instructions of `part`, which go on at `next`; answers the first. */
  #part(part: Part, next: number): number {
    // Repetitions of nothing make no instructions, but many of them.
    if (++this.#steps > MOST_STEPS) throw new UnitError('repeats repetitions too often: expected fewer');
    switch (part.kind) {
      case 'set':
        return this.#add(Op.Octet, this.#set(part.set), next);
      case 'sequence':
        return part.parts.reduceRight((after, each) => this.#part(each, after), next);
      case 'choice': {
        const starts = part.parts.map((each) => this.#part(each, next));
        return starts.reduceRight((rest, each) => this.#add(Op.Split, each, rest));
      }
      case 'repeat':
        return this.#repeat(part.part, part.least, part.most, next);
      case 'begin':
        return this.#add(Op.Begin, next, 0);
      case 'end':
        return this.#add(Op.End, next, 0);
    }
  }

  #repeat(part: Part, least: number, most: number, next: number): number {
    let start = next;
    if (most === Infinity) {
      // Goes round: the start of what is repeated is known only when it has been made.
      start = this.#add(Op.Split, 0, next);
      this.#code[start * Instruction.Words + Instruction.X] = this.#part(part, start);
    } else {
      for (let n = least; n < most; n++) start = this.#add(Op.Split, this.#part(part, start), next);
    }
    for (let n = 0; n < least; n++) start = this.#part(part, start);
    return start;
  }

  #set(set: readonly boolean[]): number {
    const key = set.map(Number).join('');
    const known = this.#setNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#sets.push(set) - 1;
    this.#setNumbers.set(key, number);
    return number;
  }

  /** Octets that no set tells apart are of one class. */
  #classes(): readonly [classOf: number[], classes: number] {
    const numbers = new Map<string, number>();
    const classOf = Array.from({ length: 256 }, (_, octet) => {
      const key = this.#sets.map((set) => (set[octet] ? 1 : 0)).join('');
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    return [classOf, numbers.size];
  }
}

/** A bit for each class of octets. */
function setBits(set: readonly boolean[], classOf: readonly number[]): number[] {
  const words = Array.from({ length: SET_WORDS }, () => 0);
  classOf.forEach((kind, octet) => {
    if (set[octet]) words[kind >>> 5] |= 1 << (kind & 31);
  });
  return words;
}
