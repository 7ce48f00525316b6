import fc from 'fast-check';
import { expect } from 'vitest';

const seed = Number(process.env.PROPERTY_SEED ?? fc.readConfigureGlobal().seed ?? Date.now() & 0x7fff_ffff);
console.info(`property seed ${seed} (PROPERTY_SEED=${seed} repeats it)`);

const factor = Number(process.env.PROPERTY_RUNS ?? 1);
/** When something is wrong the search for a small example goes on for a while, but not for ever. */
const LONGEST_MS = 30_000;

/**
 * How a property is run: with the seed PROPERTY_SEED when that is set, else with a fresh one, printed, so that a run can be
 * repeated; PROPERTY_RUNS times as often as usual.
 */
export function runs(numRuns: number): fc.Parameters<unknown> {
  // Unbiased: else most lists would be short.
  return { seed, numRuns: numRuns * factor, unbiased: true, interruptAfterTimeLimit: LONGEST_MS * factor };
}

/** Compares lists of lines; only when they differ with what shows where, which takes its time. */
export function expectSame(actual: readonly string[], expected: readonly string[]): void {
  if (actual.join('\n') !== expected.join('\n')) expect(actual).toEqual(expected);
}
