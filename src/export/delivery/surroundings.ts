import { setTimeout as delay } from 'node:timers/promises';

/** What a delivery knows of time and chance, so that tests can have their own. */
export interface Surroundings {
  /** ms, never going back. */
  now(): number;
  /** 0 to 1, without 1. */
  random(): number;
  /** Resolves after `ms`, or at once when the signal is given. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const REAL_SURROUNDINGS: Surroundings = {
  now: () => performance.now(),
  random: Math.random,
  pause: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait before the next try: doubled with each failure up to half a minute, with jitter down to half of it, so
 * that many exporters do not come back to a collector at the same moment.
 * @param failures in a row, 0 for none
 */
export function backOffMs(failures: number, random: number): number {
  if (failures === 0) return 0;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (1 - random / 2);
}

/** Lets one waiter go on; remembers when nobody waited. */
export class Bell {
  #isRung = false;
  #waiter: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#waiter?.();
  }

  async wait(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#waiter = resolve));
    this.#waiter = null;
    this.#isRung = false;
  }
}
