/** Counts values in buckets, with plain numbers only: an observation costs some nanoseconds. */
export class Histogram {
  /** The upper bounds of the buckets, ascending. */
  readonly bounds: readonly number[];
  /** The number of values in each bucket; the last one has the values above all bounds. */
  readonly counts: number[];
  /** The sum of all values. */
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  /** Returns the upper bound of the bucket with that part of the values, like 0.99; null without values, or above all. */
  quantile(part: number): number | null {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (const [bucket, count] of this.counts.entries()) {
      seen += count;
      if (seen > 0 && seen >= total * part) return this.bounds[bucket] ?? null;
    }
    return null;
  }
}
