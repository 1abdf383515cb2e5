/** A number that was measured several times. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Null if there are no values, or if one is null. */
export function spread(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined || sorted.length < values.length) return null;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/** The quotients of values of the same rounds. */
export function ratio(of: readonly (number | null)[], to: readonly (number | null)[]): Spread | null {
  return spread(
    of.map((value, round) => {
      const other = to[round];
      return value === null || other === null || other === undefined || other === 0 ? null : value / other;
    }),
  );
}
