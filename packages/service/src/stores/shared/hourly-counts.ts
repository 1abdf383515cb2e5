import type { CloseReason, SessionSummary } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';
import { isSignIn } from '../../domain/users/sign-ins.ts';

export const HOUR_MS = 3_600_000;
/** How many hours are stored; see `SessionStore.hours`. */
export const HOURS_MAX = 48;

export interface HourSum {
  readonly hour: number;
  readonly what: 'opened' | CloseReason;
  readonly count: number;
}

/** Counts the sessions that a transaction opens and closes, with one sum per hour and kind. */
export class HourlySums {
  readonly #sums = new Map<string, HourSum>();

  /** Counts a session that is new in the store. Only sign-ins are counted, here and in `closed`. */
  opened({ user_id, open_time }: Pick<SessionSummary, 'user_id' | 'open_time'>): void {
    if (isSignIn(user_id)) this.count('opened', open_time);
  }

  /** Counts a session that was open in the store before. Does nothing if it is still open. */
  closed({ user_id, close_time, close_reason }: SessionSummary): void {
    if (close_time === null || close_reason === null || !isSignIn(user_id)) return;
    this.count(close_reason, close_time);
  }

  count(what: HourSum['what'], time: number, by = 1): void {
    const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
    const key = `${what} ${hour}`;
    this.#sums.set(key, { hour, what, count: (this.#sums.get(key)?.count ?? 0) + by });
  }

  /** The sums in a fixed order: transactions that lock their rows in the same order cannot deadlock. */
  all(): readonly HourSum[] {
    return [...this.#sums.values()].sort((a, b) => a.hour - b.hour || (a.what < b.what ? -1 : 1));
  }

  clear(): void {
    this.#sums.clear();
  }
}

/** Converts rows of hour, kind and count, the latest hour first. */
export function toHours(rows: readonly unknown[]): HourCounts[] {
  const hours = new Map<number, { opened: number; closed: Partial<Record<CloseReason, number>> }>();
  for (const [hour, what, count] of rows as readonly (readonly [number, HourSum['what'], number])[]) {
    const counts = hours.get(hour) ?? { opened: 0, closed: {} };
    hours.set(hour, counts);
    if (what === 'opened') counts.opened = count;
    else counts.closed[what] = count;
  }
  return [...hours].map(([hour, counts]) => ({ hour, ...counts }));
}
