import { Instruction, Op, ProgramWord } from './rule-tables.js';

const enum Cache {
  /** States that are kept at most, and words of the table of their transitions. */
  States = 512,
  Transitions = 32_768,
  /** Slots of the hash table of states, a power of two. */
  Slots = 1_024,
}

/** Words of the table of transitions that are no state: states follow. */
const enum Next {
  Unknown = 0,
  Accept = 1,
  /** Nothing that follows can match. */
  Dead = 2,
  FirstState = 3,
}

/**
 * Tells whether an expression matches anywhere in octets. Follows all threads of the program at once (K. Thompson, "Regular
 * Expression Search Algorithm", 1968), and keeps the sets of threads it came by as states of a deterministic automaton, as many
 * as there is room for; then it forgets them all. So an octet costs a look into a table, and at worst a step of every
 * instruction: the time is bounded by octets times instructions, whatever the expression. Nothing is allocated.
 */
export class ExpressionMatcher {
  /** Times that all states were forgotten. */
  flushes = 0;
  /** Instructions that were followed, all matches together. */
  steps = 0;
  private readonly classes: number;
  private readonly code: number;
  private readonly sets: number;
  private readonly entry: number;
  private readonly mostStates: number;
  private readonly transitions: Int32Array;
  /** The threads of each state, one after the other: instructions that wait for an octet or the end. */
  private readonly pool: Int32Array;
  private readonly starts: Int32Array;
  private readonly hashes: Int32Array;
  /** Whether a state matches when nothing follows. */
  private readonly atEnd: Uint8Array;
  private readonly slots = new Int32Array(Cache.Slots);
  private states = 0;
  private startState = 0;
  /** The set that is being made: instructions that were visited (a sparse set), and of these the threads. */
  private readonly visited: Int32Array;
  private readonly visitedAt: Int32Array;
  private visits = 0;
  private readonly threads: Int32Array;
  private count = 0;
  private accepts = false;
  private readonly stack: Int32Array;

  /** @param program as `rule-tables.ts` has it */
  constructor(private readonly program: Int32Array) {
    const instructions = program[ProgramWord.Instructions];
    this.classes = program[ProgramWord.Classes];
    this.code = program[ProgramWord.Code];
    this.sets = program[ProgramWord.Sets];
    this.entry = program[ProgramWord.Entry];
    this.mostStates = Math.max(4, Math.min(Cache.States, Math.floor(Cache.Transitions / this.classes)));
    this.transitions = new Int32Array(this.mostStates * this.classes);
    this.pool = new Int32Array(Math.max(8 * instructions, Cache.Transitions));
    this.starts = new Int32Array(this.mostStates + 1);
    this.hashes = new Int32Array(this.mostStates);
    this.atEnd = new Uint8Array(this.mostStates);
    this.visited = new Int32Array(instructions);
    this.visitedAt = new Int32Array(instructions);
    this.threads = new Int32Array(instructions);
    this.stack = new Int32Array(2 * instructions + 2);
    this.begin();
    this.startState = this.firstState();
  }

  matches(octets: Uint8Array, from: number, to: number): boolean {
    const { program, transitions, classes } = this;
    if (this.startState === Next.Accept) return true;
    if (this.startState === Next.Dead) return false;
    let state = this.startState - Next.FirstState;
    for (let p = from; p < to; p++) {
      const kind = program[ProgramWord.ClassOf + octets[p]];
      let next = transitions[state * classes + kind];
      if (next === Next.Unknown) next = this.step(state, kind);
      if (next < Next.FirstState) return next === Next.Accept;
      state = next - Next.FirstState;
    }
    return this.atEnd[state] === 1;
  }

  /** Where an octet of class `kind` leads from `state`. */
  private step(state: number, kind: number): number {
    const { program, code, pool, starts } = this;
    this.begin();
    for (let t = starts[state]; t < starts[state + 1] && !this.accepts; t++) {
      const at = code + pool[t] * Instruction.Words;
      if (program[at] !== Op.Octet) continue;
      const set = this.sets + program[at + Instruction.X] * 8;
      if ((program[set + (kind >>> 5)] >>> (kind & 31)) & 1) this.follow(program[at + Instruction.Y], false, false);
    }
    // The expression may begin anywhere.
    if (!this.accepts) this.follow(this.entry, false, false);
    let next: number;
    if (this.accepts) next = Next.Accept;
    else if (this.count === 0) next = Next.Dead;
    else {
      const flushes = this.flushes;
      next = this.stateOf(false);
      // The state that led here is forgotten.
      if (flushes !== this.flushes) return next;
    }
    this.transitions[state * this.classes + kind] = next;
    return next;
  }

  private begin(): void {
    this.visits = 0;
    this.count = 0;
    this.accepts = false;
  }

  /** The state before the first octet. Its set must have been begun. */
  private firstState(): number {
    this.follow(this.entry, true, false);
    if (this.accepts) return Next.Accept;
    return this.count === 0 ? Next.Dead : this.stateOf(true);
  }

  /** Adds what can be reached from instruction `pc` without an octet. */
  private follow(pc: number, isFirst: boolean, isLast: boolean): void {
    const { program, code, stack } = this;
    let depth = 0;
    stack[depth++] = pc;
    while (depth > 0) {
      const each = stack[--depth];
      if (!this.visit(each)) continue;
      this.steps++;
      const at = code + each * Instruction.Words;
      switch (program[at] as Op) {
        case Op.Octet:
          this.threads[this.count++] = each;
          break;
        case Op.Split:
          stack[depth++] = program[at + Instruction.Y];
          stack[depth++] = program[at + Instruction.X];
          break;
        case Op.Begin:
          if (isFirst) stack[depth++] = program[at + Instruction.X];
          break;
        case Op.End:
          if (isLast) stack[depth++] = program[at + Instruction.X];
          else this.threads[this.count++] = each;
          break;
        case Op.Match:
          this.accepts = true;
          return;
      }
    }
  }

  private visit(pc: number): boolean {
    const at = this.visitedAt[pc];
    if (at < this.visits && this.visited[at] === pc) return false;
    this.visitedAt[pc] = this.visits;
    this.visited[this.visits++] = pc;
    return true;
  }

  /** Number of the state with the set at hand, which is made when it is new. */
  private stateOf(isFirst: boolean): number {
    const { threads, count, pool, starts, hashes, slots } = this;
    let hash = isFirst ? 1 : 0;
    for (let t = 0; t < count; t++) hash = Math.imul(hash ^ threads[t], 0x9e3779b1) ^ (hash >>> 15);
    let slot = hash & (Cache.Slots - 1);
    // Before the first octet other threads may end than later: that state is found by nobody else.
    for (; slots[slot] !== 0 && !isFirst; slot = (slot + 1) & (Cache.Slots - 1)) {
      const state = slots[slot] - 1;
      if (hashes[state] !== hash || starts[state + 1] - starts[state] !== count) continue;
      let t = 0;
      while (t < count && pool[starts[state] + t] === threads[t]) t++;
      if (t === count) return Next.FirstState + state;
    }
    if (this.states === this.mostStates || starts[this.states] + count > pool.length) return this.flush();
    const state = this.states++;
    for (let t = 0; t < count; t++) pool[starts[state] + t] = threads[t];
    starts[state + 1] = starts[state] + count;
    hashes[state] = hash;
    if (!isFirst) slots[slot] = state + 1;
    this.transitions.fill(Next.Unknown, state * this.classes, (state + 1) * this.classes);
    this.atEnd[state] = this.endsHere(isFirst) ? 1 : 0;
    return Next.FirstState + state;
  }

  /** Forgets all states but the first one, then makes one of the set at hand. */
  private flush(): number {
    this.flushes++;
    this.states = 1;
    this.slots.fill(0);
    this.transitions.fill(Next.Unknown, 0, this.classes);
    return this.stateOf(false);
  }

  /** Whether the threads match when nothing follows. Leaves the set as it is, but for what was visited. */
  private endsHere(isFirst: boolean): boolean {
    const { program, code, threads, count } = this;
    this.visits = 0;
    for (let t = 0; t < count && !this.accepts; t++) {
      const at = code + threads[t] * Instruction.Words;
      if (program[at] === Op.End) this.follow(program[at + Instruction.X], isFirst, true);
    }
    const ends = this.accepts;
    this.accepts = false;
    this.count = count;
    return ends;
  }
}
