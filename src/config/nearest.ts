/** The name that `given` was probably meant to be; null when none is near. */
export function nearest(given: string, known: Iterable<string>): string | null {
  const wanted = given.toLowerCase();
  let best: string | null = null;
  // As many wrong letters as a hurried person makes: a third of the word, four at most.
  let bestDistance = Math.min(4, Math.ceil(given.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** `, did you mean 'name'?`, or nothing. */
export function suggestion(given: string, known: Iterable<string>): string {
  const name = nearest(given, known);
  return name === null ? '' : `, did you mean '${name}'?`;
}

/** Letters to insert, delete, change, or swap with their neighbour to make `b` of `a` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
