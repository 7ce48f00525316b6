import { W } from '../../flow/flow-record.js';
import { type FilterProgram, Outcome, Relation, Step, Test } from './filter-evaluation.js';
import { type FilterTree, networkMask, parseFilter } from './filter-grammar.js';

/** Compiles an expression (filter-grammar.ts). Throws a RangeError that says what is wrong with it. */
export function compileFilter(text: string): FilterProgram {
  const compiler = new FilterCompiler();
  compiler.compile(parseFilter(text));
  return compiler.program();
}

/** Steps are made from the last to the first, so that each knows where to go on. */
class FilterCompiler {
  /** From the last to the first; jumps count from the end. */
  readonly #steps: number[][] = [];
  readonly #numbers: number[] = [];
  readonly #networks: number[] = [];

  compile(tree: FilterTree): void {
    this.#add(tree, Outcome.Accept, Outcome.Reject);
  }

  program(): FilterProgram {
    const last = this.#steps.length - 1;
    const turned = this.#steps.toReversed().map((step) => {
      const jump = (to: number): number => (to < 0 ? to : last - to);
      return [...step.slice(0, Step.IfTrue), jump(step[Step.IfTrue]), jump(step[Step.IfFalse])];
    });
    return {
      steps: Int32Array.from(turned.flat()),
      numbers: Float64Array.from(this.#numbers),
      networks: Int32Array.from(this.#networks),
    };
  }

  /** Adds the steps of a tree that goes on there; answers the first of them. */
  #add(tree: FilterTree, ifTrue: number, ifFalse: number): number {
    switch (tree.kind) {
      case 'not':
        return this.#add(tree.inner, ifFalse, ifTrue);
      case 'and':
        return this.#add(tree.left, this.#add(tree.right, ifTrue, ifFalse), ifFalse);
      case 'or':
        return this.#add(tree.left, ifTrue, this.#add(tree.right, ifTrue, ifFalse));
      case 'number': {
        const operand = this.#numbers.push(tree.value) - 1;
        return this.#step(Test.Number, tree.field, tree.relation, operand, ifTrue, ifFalse);
      }
      case 'network': {
        const operand = this.#networks.length;
        this.#networks.push(...tree.words, ...networkMask(tree.bits));
        const address = tree.end === 'src' ? W.SourceAddress : W.DestinationAddress;
        return this.#step(Test.Network, address, tree.version, operand, ifTrue, ifFalse);
      }
    }
  }

  #step(kind: Test, what: number, how: Relation | 4 | 6, operand: number, ifTrue: number, ifFalse: number): number {
    return this.#steps.push([kind, what, how, operand, ifTrue, ifFalse]) - 1;
  }
}
