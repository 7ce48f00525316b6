/** Names that differ from what was written by more edits than this are no likely meaning. */
const MOST_EDITS = 3;

/** What the person most likely meant: the name with the fewest edits, or null when none is near. */
export function nearestName(written: string, names: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.min(MOST_EDITS, Math.ceil(written.length / 2)) + 1;
  for (const name of names) {
    const edits = editDistance(written.toLowerCase(), name.toLowerCase());
    if (edits < least) [best, least] = [name, edits];
  }
  return best;
}

/** `, did you mean 'name'?`, or nothing. */
export function suggestion(written: string, names: Iterable<string>): string {
  const name = nearestName(written, names);
  return name === null ? '' : `, did you mean '${name}'?`;
}

/** Insertions, deletions and replacements that make one of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
