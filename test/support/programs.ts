import { spawnSync } from 'node:child_process';

/** Whether a program is there, which prints its version when it is asked with `words`; says what is skipped when it is not. */
export function hasProgram(program: string, words: readonly string[], skipped: string): boolean {
  const found = spawnSync(program, words, { timeout: 30_000 }).error === undefined;
  if (!found) console.log(`skipped: ${skipped} needs ${program}`);
  return found;
}
