const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Counts rejected requests by hour, for the last 24 hours. */
export class RefusedHours {
  /** By the number of the hour since 1970, oldest first. */
  readonly #counts = new Map<number, number>();

  add(now: number): void {
    const hour = Math.floor(now / HOUR_MS);
    this.#counts.set(hour, (this.#counts.get(hour) ?? 0) + 1);
    for (const old of this.#counts.keys()) if (old <= hour - HOURS) this.#counts.delete(old);
  }

  /** Returns the hours with rejected requests, with the time at which each began. */
  read(now: number): { readonly hour: number; readonly refused: number }[] {
    const first = Math.floor(now / HOUR_MS) - HOURS;
    return [...this.#counts]
      .filter(([hour]) => hour > first)
      .map(([hour, refused]) => ({ hour: hour * HOUR_MS, refused }));
  }
}
