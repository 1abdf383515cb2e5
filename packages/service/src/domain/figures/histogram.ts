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
}
