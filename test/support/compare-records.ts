import type { CanonicalFlow } from './canonical.js';

/** What two sets of flows have apart from each other, as one line of text a flow. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Fields that say how the flow was written down, or repeat others. */
const IGNORED = new Set(['tres', 'rvlan', 'icmp_type', 'icmp_code']);

/** Compares two lists of flows as multisets, in all fields but those that only repeat others; null when they are equal. */
export function compareFlows(expected: readonly CanonicalFlow[], actual: readonly CanonicalFlow[]): Difference | null {
  const open = new Map<string, number>();
  for (const flow of expected) {
    const line = lineOf(flow);
    open.set(line, (open.get(line) ?? 0) + 1);
  }
  const extra: string[] = [];
  for (const flow of actual) {
    const line = lineOf(flow);
    const left = open.get(line) ?? 0;
    if (left > 0) open.set(line, left - 1);
    else extra.push(line);
  }
  const missing = [...open].flatMap(([line, n]) => Array.from({ length: n }, () => line));
  return missing.length + extra.length === 0 ? null : { missing, extra };
}

function lineOf(flow: CanonicalFlow): string {
  const entries = Object.entries(flow).filter(([name]) => !IGNORED.has(name));
  return entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A few of the differences in words, for the message of a failing test. */
export function describeDifference({ missing, extra }: Difference, limit = 4): string {
  const some = (lines: readonly string[], mark: string): string[] =>
    lines.slice(0, limit).map((line) => `  ${mark} ${line}`);
  return [`${missing.length} missing (-), ${extra.length} extra (+)`, ...some(missing, '-'), ...some(extra, '+')].join(
    '\n',
  );
}
