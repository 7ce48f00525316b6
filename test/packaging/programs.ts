import { spawnSync } from 'node:child_process';

/**
 * Null when all programs are there and `other` is null, else why a test is skipped, to be put behind its name, and printed.
 */
export function missing(programs: readonly string[], other: string | null = null): string | null {
  const absent = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  const reasons = [...absent.map((program) => `${program} is not installed`), ...(other === null ? [] : [other])];
  if (reasons.length === 0) return null;
  console.warn(`packaging: skipped: ${reasons.join(', ')}`);
  return `, skipped: ${reasons.join(', ')}`;
}
