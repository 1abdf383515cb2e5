const HOUR_MS = 3_600_000;
/** A day, and the hours with which its newest are compared. */
export const INCIDENT_HOURS = 26;

/** Counts rejected requests of one kind by hour, for the last `INCIDENT_HOURS` hours. */
export class HourlyIncidents {
  /** By the number of the hour since 1970, oldest first. */
  readonly #counts = new Map<number, number>();

  add(now: number): void {
    const hour = Math.floor(now / HOUR_MS);
    this.#counts.set(hour, (this.#counts.get(hour) ?? 0) + 1);
    for (const old of this.#counts.keys()) if (old <= hour - INCIDENT_HOURS) this.#counts.delete(old);
  }

  /** Returns the hours with rejected requests, with the time at which each began. */
  read(now: number): { readonly hour: number; readonly count: number }[] {
    const first = Math.floor(now / HOUR_MS) - INCIDENT_HOURS;
    return [...this.#counts].filter(([hour]) => hour > first).map(([hour, count]) => ({ hour: hour * HOUR_MS, count }));
  }
}
