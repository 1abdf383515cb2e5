import type { CloseReason } from './close-reasons.ts';

/** The counts of one hour. */
export interface StatsHour {
  /** The start of the hour. */
  readonly hour: string;
  /** The number of sessions that were opened. */
  readonly opened: number;
  /** The number of sessions that ended, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
}

/**
 * One pass of the service that closes sessions past their deadline and deletes sessions that ended before the
 * retention.
 */
export interface Sweep {
  /** When the pass started. */
  readonly time: string;
  /** The number of sessions that it closed. */
  readonly closed: number;
  /** The number of ended sessions that it deleted. */
  readonly purged: number;
  /** How long the most overdue session had been past its deadline when the pass closed it, in seconds. */
  readonly lag: number;
}

/**
 * The result of `GET /v2/stats`. No figure counts sign-ins to the console, or the entries that session libraries keep
 * for browsers.
 */
export interface Stats {
  /** The number of live sessions. */
  readonly live: number;
  /** The number of sessions that were opened in `hours`. */
  readonly opened: number;
  /** The number of sessions that ended in `hours`, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
  /** The last 24 hours, the newest first. Hours without any change are omitted. */
  readonly hours: readonly StatsHour[];
  /** The last pass of the process that responds; null before its first. */
  readonly sweep: Sweep | null;
}
