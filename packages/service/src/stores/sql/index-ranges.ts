import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { type SessionFilter, statesOf } from '../../domain/lists/filter.ts';
import type { ScanKey } from '../../domain/store.ts';
import type { Condition } from './filter-conditions.ts';
import { hasOwnIndex } from './search-index.ts';

/** A range of an index that is not in the order of lists. Its index has the same name in each database. */
export interface IndexRange {
  readonly index: string;
  readonly within: readonly Condition[];
}

/** The differences between database engines. */
export interface RangeDialect {
  readonly toStored: (text: string) => string;
  readonly conditions: (filter: SessionFilter, now: number) => readonly Condition[];
  /** The range of `sessions_due` with all live sessions whose deadline is after `after` and before `before`. */
  readonly live: (after: number, before: number) => Condition;
  /** The range of `sessions_due` with all open sessions that are past their deadline. */
  readonly due: (now: number) => Condition;
}

/** How many sessions of a range are read and sorted for a page: 10,000 take about 50 ms. */
export const SORTED_MAX = 10_000;

/** How many deadlines one page looks at in their index to find where its sessions begin: 500,000 take about 50 ms. */
export const PASSED_MAX = 500_000;

/** No id comes before it. */
const FIRST_ID = '';

/** The key from which a list goes on at a moment that is not before that of the key `after` in its order. */
export function laterKey(after: ScanKey, open_time: number): ScanKey {
  return open_time === after.open_time ? after : { open_time, id: FIRST_ID };
}

/**
 * Where all sessions of a filter are. Each element is one choice: ranges without a common session. A page can use a choice
 * if it has at most `SORTED_MAX` sessions, because it has to read and sort all of them. None if an index in the order of
 * lists finds the sessions.
 */
export function indexRangesOf(
  filter: SessionFilter,
  now: number,
  dialect: RangeDialect,
): readonly (readonly IndexRange[])[] {
  if (hasOwnIndex(filter)) return [];
  const choices: IndexRange[][] = [];
  const live = liveRangeOf(filter, now, dialect);
  if (live) choices.push([live]);
  if (!statesOf(filter).live) {
    const due = { index: 'sessions_due', within: [dialect.due(now)] };
    choices.push([{ index: 'sessions_of_end', within: endsOf(filter, dialect) }, due]);
  }
  const { from_time, to_time, actor_type } = filter;
  if (from_time !== undefined || to_time !== undefined) {
    const times = { ...(from_time !== undefined && { from_time }), ...(to_time !== undefined && { to_time }) };
    choices.push([{ index: 'sessions_by_time', within: dialect.conditions(times, now) }]);
  }
  if (actor_type !== undefined) {
    choices.push([{ index: 'sessions_of_actor', within: [{ sql: 'actor_id IS NOT NULL', values: [] }] }]);
  }
  return choices;
}

/** Where all sessions of a filter by deadlines are; null for another filter. */
export function deadlineRangeOf(filter: SessionFilter, now: number, dialect: RangeDialect): IndexRange | null {
  const isByDeadline = filter.expires_before !== undefined || filter.expires_after !== undefined;
  return isByDeadline ? liveRangeOf(filter, now, dialect) : null;
}

/** Where all sessions of a filter are that matches only live sessions; null for another filter. */
function liveRangeOf(filter: SessionFilter, now: number, { live }: RangeDialect): IndexRange | null {
  if (statesOf(filter).ended) return null;
  const { expires_after = 0, expires_before = Number.MAX_SAFE_INTEGER } = filter;
  return { index: 'sessions_due', within: [live(Math.max(now, expires_after - 1), expires_before)] };
}

/** The index begins with the reason, so a search by `closed_by` alone names all reasons. */
function endsOf({ close_reason, closed_by }: SessionFilter, { toStored }: RangeDialect): readonly Condition[] {
  const reasons = close_reason === undefined ? CLOSE_REASONS : [close_reason];
  return [
    { sql: `close_time IS NOT NULL AND close_reason IN (${reasons.map(() => '?').join(', ')})`, values: reasons },
    ...(closed_by === undefined ? [] : [{ sql: 'closed_by = ?', values: [toStored(closed_by)] }]),
  ];
}
