import type { CloseReason, Session } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';
import { isSignIn } from '../../domain/users/sign-ins.ts';

const HOUR_MS = 3_600_000;
const HOURS_MAX = 48;

interface Counts {
  opened: number;
  closed: Partial<Record<CloseReason, number>>;
}

/** How many sessions were opened and closed in each of the last hours. */
export class HourlyCounters {
  readonly #hours = new Map<number, Counts>();

  /** Only sign-ins are counted, here and in `closed`. */
  opened({ user_id, open_time }: Session): void {
    if (isSignIn(user_id)) this.#at(open_time).opened += 1;
  }

  closed({ user_id, close_time, close_reason }: Session): void {
    if (close_time === null || close_reason === null || !isSignIn(user_id)) return;
    const { closed } = this.#at(close_time);
    closed[close_reason] = (closed[close_reason] ?? 0) + 1;
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
