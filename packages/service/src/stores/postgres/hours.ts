import type { CloseReason } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';
import type { Row } from './connection.ts';

const HOUR_MS = 3_600_000;
const HOURS_MAX = 48;

export const SELECT_HOURS =
  'SELECT hour, what, sum(count)::bigint FROM hours WHERE hour >= $1 GROUP BY 1, 2 ORDER BY 1 DESC';

export interface HourCount {
  readonly hour: number;
  readonly what: string;
  readonly count: number;
}

/** Counts what a transaction opens and closes: one row an hour and kind, not a session. */
export class HourCounters {
  readonly #counts = new Map<string, { readonly hour: number; readonly what: string; count: number }>();

  count(what: 'opened' | CloseReason, time: number): void {
    const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
    const key = `${what} ${hour}`;
    const counted = this.#counts.get(key);
    if (counted) counted.count += 1;
    else this.#counts.set(key, { hour, what, count: 1 });
  }

  /** In the one order in which every transaction locks their rows. */
  sums(): readonly HourCount[] {
    return [...this.#counts.values()].sort((a, b) => a.hour - b.hour || (a.what < b.what ? -1 : 1));
  }
}

/** Hours that end before this are forgotten. */
export function firstHourKept(now: number): number {
  return (Math.floor(now / HOUR_MS) - HOURS_MAX + 1) * HOUR_MS;
}

export function toHours(rows: readonly Row[]): HourCounts[] {
  const hours = new Map<number, { opened: number; closed: Partial<Record<CloseReason, number>> }>();
  for (const [hour, what, count] of rows as readonly (readonly [number, string, number])[]) {
    const counts = hours.get(hour) ?? { opened: 0, closed: {} };
    hours.set(hour, counts);
    if (what === 'opened') counts.opened = count;
    else counts.closed[what as CloseReason] = count;
  }
  return [...hours].map(([hour, counts]) => ({ hour, ...counts }));
}
