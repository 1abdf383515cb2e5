const HOUR_MS = 3_600_000;
/** A day, and the hours with which its newest are compared. */
export const REFUSED_HOURS = 26;

/** Counts rejected requests by hour, for the last `REFUSED_HOURS` hours. */
export class RefusedHours {
  /** By the number of the hour since 1970, oldest first. */
  readonly #counts = new Map<number, number>();

  add(now: number): void {
    const hour = Math.floor(now / HOUR_MS);
    this.#counts.set(hour, (this.#counts.get(hour) ?? 0) + 1);
    for (const old of this.#counts.keys()) if (old <= hour - REFUSED_HOURS) this.#counts.delete(old);
  }

  /** Returns the hours with rejected requests, with the time at which each began. */
  read(now: number): { readonly hour: number; readonly count: number }[] {
    const first = Math.floor(now / HOUR_MS) - REFUSED_HOURS;
    return [...this.#counts].filter(([hour]) => hour > first).map(([hour, count]) => ({ hour: hour * HOUR_MS, count }));
  }
}
