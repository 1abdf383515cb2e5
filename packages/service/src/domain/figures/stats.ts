import type { HourCounts, SessionStore } from '../store.ts';
import type { Swept } from '../sweeps/sweep.ts';

const HOUR_MS = 3_600_000;
const STATS_HOURS = 24;

/** The figures of `GET /v2/stats`. */
export interface Stats {
  /** The number of live sessions. */
  readonly live: number;
  /** The counts of the last hours, the newest first. */
  readonly hours: readonly HourCounts[];
  /** The last sweep of this process; null before the first sweep. */
  readonly swept: Swept | null;
}

/** Counts the live sessions at `now`, and the sessions opened and closed in each of the last 24 hours. */
export async function statsAt(
  store: SessionStore,
  countLive: () => Promise<number>,
  swept: Swept | null,
  now: number,
): Promise<Stats> {
  const since = (Math.floor(now / HOUR_MS) - STATS_HOURS + 1) * HOUR_MS;
  const [live, hours] = await Promise.all([countLive(), store.hours(since)]);
  return { live, hours, swept };
}
