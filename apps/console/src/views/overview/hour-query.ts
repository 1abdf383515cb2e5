import type { CloseReason } from '@pip-sessions/contract/v2';
import { queryOfFilter } from '../../sessions/filter.ts';
import { HOUR_MS, type Hour } from './hours.ts';

/** A session that ends by a deadline was last active long before its end. All others are last active when they end. */
const BY_DEADLINE: readonly CloseReason[] = ['idle', 'expired'];

/**
 * The address of the list of an hour: the sessions that were opened in it, or those that ended in it for a reason. No
 * store finds sessions by the time at which a deadline ended them, so all of these are listed.
 */
export function queryOfHour({ start }: Pick<Hour, 'start'>, close_reason: CloseReason | null): URLSearchParams {
  const from = new Date(start).toISOString();
  const to = new Date(start + HOUR_MS).toISOString();
  if (close_reason === null) return queryOfFilter({ states: 'all', values: { opened_after: from, opened_before: to } });
  const times = BY_DEADLINE.includes(close_reason) ? {} : { from_time: from, to_time: to };
  return queryOfFilter({ states: 'ended', values: { close_reason, ...times } });
}
