import { HOUR_MS, HOURS_MAX } from '../../shared/hourly-counts.ts';

export const SELECT_HOURS =
  'SELECT hour, what, sum(count)::bigint FROM hours WHERE hour >= $1 GROUP BY 1, 2 ORDER BY 1 DESC';

/** Hours that begin before this moment are deleted. */
export function firstHourKept(now: number): number {
  return (Math.floor(now / HOUR_MS) - HOURS_MAX + 1) * HOUR_MS;
}
