import type { CloseReason } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';

const HOUR_MS = 3_600_000;
const HOURS_MAX = 48;

interface Counts {
  opened: number;
  closed: Partial<Record<CloseReason, number>>;
}

/** What was opened and closed in each of the last hours. */
export class HourCounters {
  readonly #hours = new Map<number, Counts>();

  opened(time: number): void {
    this.#at(time).opened += 1;
  }

  closed(time: number, reason: CloseReason): void {
    const { closed } = this.#at(time);
    closed[reason] = (closed[reason] ?? 0) + 1;
  }

  since(time: number): HourCounts[] {
    return [...this.#hours]
      .filter(([hour]) => hour >= time)
      .sort(([a], [b]) => b - a)
      .map(([hour, { opened, closed }]) => ({ hour, opened, closed: { ...closed } }));
  }

  #at(time: number): Counts {
    const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
    let counts = this.#hours.get(hour);
    if (!counts) {
      counts = { opened: 0, closed: {} };
      this.#hours.set(hour, counts);
      if (this.#hours.size > HOURS_MAX) this.#hours.delete(Math.min(...this.#hours.keys()));
    }
    return counts;
  }
}
