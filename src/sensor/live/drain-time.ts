import type { Log } from '../../observe/logger.js';

/** How long what was told to give up may take for it, ms. */
const GIVING_UP_MS = 5_000;

/** The time that a sensor has at its end for what is left. */
export class DrainTime {
  /** Something was not done in time. */
  isExceeded = false;
  #untilMs = Infinity;
  #isOver = new AbortController();

  constructor(private readonly log: Log) {}

  begin(ms: number): void {
    this.#untilMs = performance.now() + ms;
  }

  /** Ends it now. */
  end(): void {
    this.#isOver.abort();
  }

  /**
   * Waits for work until the time is over, and a moment longer for it to give up what it has not done.
   * @param begin is told by the signal when the time is over
   */
  async spendOn(what: string, begin: (isOver: AbortSignal) => Promise<unknown>): Promise<void> {
    const { signal } = this.#isOver;
    const timer = setTimeout(() => this.end(), Math.min(Math.max(0, this.#untilMs - performance.now()), 2 ** 31 - 1));
    const work = begin(signal).then(() => true);
    const isDone = await Promise.race([work, aborted(signal).then(() => false)]);
    clearTimeout(timer);
    if (isDone) return;
    this.isExceeded = true;
    this.log.error('drain-timeout', `${what}: not done within --drain-timeout; the rest is given up`);
    let patience: NodeJS.Timeout | undefined;
    await Promise.race([work, new Promise((resolve) => (patience = setTimeout(resolve, GIVING_UP_MS)))]);
    clearTimeout(patience);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
