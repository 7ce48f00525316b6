/**
 * How far each worker has come, in shared memory, so that none gets far ahead of the others: records wait in memory until all
 * have come so far. Also where all shall end.
 *
 * Control words: where to end, who sleeps, and for each worker how far it has come, its live flows and the inputs that it has
 * come to the end of. Packets are counted in thousands (1,024), which fit into a word.
 */

const UNIT = 1_024;
/** Packets, in units, that a worker may be ahead of the slowest. */
const LEAD = 128;
const FOR_EVER = 0x7fffffff;
/** Whoever waits looks so often before it sleeps: being woken costs more than a while of work. */
const LOOKS = 2_000;

const enum Word {
  EndAt,
  Sleepers,
  First,
}
const enum WorkerWord {
  Done,
  Live,
  Inputs,
  Words,
}

export class WorkerPace {
  private readonly control: Int32Array;

  /** @param memory `WorkerPace.allocate(workers)` */
  constructor(
    private readonly workers: number,
    memory: SharedArrayBuffer,
  ) {
    this.control = new Int32Array(memory);
  }

  static allocate(workers: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer((Word.First + WorkerWord.Words * workers) * 4);
    new Int32Array(memory)[Word.EndAt] = FOR_EVER;
    return memory;
  }

  /** `worker` has gone through so many packets (infinitely many when it will do no more), and has so many live flows. */
  tell(worker: number, packets: number, liveFlows: number): void {
    const done = packets === Infinity ? FOR_EVER : Math.floor(packets / UNIT);
    const word = wordOf(worker);
    Atomics.store(this.control, word + WorkerWord.Live, liveFlows);
    if (Atomics.exchange(this.control, word + WorkerWord.Done, done) === done) return;
    if (Atomics.load(this.control, Word.Sleepers) > 0) Atomics.notify(this.control, word + WorkerWord.Done);
  }

  /** `worker` has come to the end of another input. */
  endInput(worker: number): void {
    Atomics.add(this.control, wordOf(worker) + WorkerWord.Inputs, 1);
  }

  inputsEnded(worker: number): number {
    return Atomics.load(this.control, wordOf(worker) + WorkerWord.Inputs);
  }

  /** Whether `worker` is so far ahead that it has to wait. */
  isFarAhead(worker: number): boolean {
    return this.doneBy(worker) - Atomics.load(this.control, this.slowest() + WorkerWord.Done) > LEAD;
  }

  /** Waits while `worker` is too far ahead, for some `timeoutMs`; false when it still is. */
  wait(worker: number, timeoutMs: number): boolean {
    const { control } = this;
    for (let looks = 0; ; looks++) {
      const slowest = this.slowest();
      const done = Atomics.load(control, slowest + WorkerWord.Done);
      if (this.doneBy(worker) - done <= LEAD) return true;
      if (looks < LOOKS) continue;
      Atomics.add(control, Word.Sleepers, 1);
      const outcome = Atomics.wait(control, slowest + WorkerWord.Done, done, timeoutMs);
      Atomics.sub(control, Word.Sleepers, 1);
      if (outcome === 'timed-out') return false;
    }
  }

  /** All workers shall end at the same packet, which none has come to. */
  endSoon(): void {
    let fastest = 0;
    for (let w = 0; w < this.workers; w++) fastest = Math.max(fastest, this.doneBy(w));
    if (fastest === FOR_EVER) return;
    // Each can go on for as long as it is not too far ahead, and one window more.
    Atomics.compareExchange(this.control, Word.EndAt, FOR_EVER, this.doneBy(0) + 4 * LEAD);
  }

  /** Number of the packet at which the run ends. */
  get endAt(): number {
    const end = Atomics.load(this.control, Word.EndAt);
    return end === FOR_EVER ? Infinity : end * UNIT;
  }

  get liveFlows(): number {
    let live = 0;
    for (let w = 0; w < this.workers; w++) live += Atomics.load(this.control, wordOf(w) + WorkerWord.Live);
    return live;
  }

  private doneBy(worker: number): number {
    return Atomics.load(this.control, wordOf(worker) + WorkerWord.Done);
  }

  /** Words of the worker that has come least far. */
  private slowest(): number {
    let slowest = 0;
    for (let w = 1; w < this.workers; w++) if (this.doneBy(w) < this.doneBy(slowest)) slowest = w;
    return wordOf(slowest);
  }
}

function wordOf(worker: number): number {
  return Word.First + WorkerWord.Words * worker;
}
