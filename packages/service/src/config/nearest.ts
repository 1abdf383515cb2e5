/** The maximum number of typing errors, as a fraction of the length of the name. */
const ERRORS_MAX = 0.4;

/** Returns the name that was probably meant; null if no name is close enough. */
export function nearest(
  given: string,
  names: readonly string[],
  errors_max = Math.floor(given.length * ERRORS_MAX),
): string | null {
  let best: string | null = null;
  let errors = errors_max + 1;
  for (const name of names) {
    const distance = distanceOf(given, name);
    if (distance < errors) [best, errors] = [name, distance];
  }
  return best;
}

/**
 * Returns the edit distance: characters changed, inserted, deleted or swapped with the next one (optimal string
 * alignment).
 */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = Number(row[j - 1]) + Number(a[i - 1] !== b[j - 1]);
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchanged ? Number(before[j - 2]) + 1 : changed;
      next.push(Math.min(changed, exchanged, Number(row[j]) + 1, Number(next[j - 1]) + 1));
    }
    [before, row] = [row, next];
  }
  return Number(row.at(-1));
}
