import type { SessionFilter } from '../../domain/lists/filter.ts';
import type { CloseMatching, ScanKey } from '../../domain/store.ts';
import { type Condition, type Dialect, DUE, filterConditions } from '../sql/filter-conditions.ts';
import type { RangeDialect } from '../sql/index-ranges.ts';

export type { Condition };

const DIALECT: Dialect = {
  toStored: (text) => text,
  translations: {
    active: (active, now, { user_id }) =>
      active
        ? { sql: `${user_id === undefined ? 'close_time IS NULL' : IS_OPEN} AND deadline > ?`, values: [now] }
        : { sql: '(close_time IS NOT NULL OR deadline <= ?)', values: [now] },
  },
};

export function conditions(filter: SessionFilter, now: number): Condition[] {
  return filterConditions(filter, now, DIALECT);
}

export const RANGES: RangeDialect = {
  toStored: (text) => text,
  conditions,
  live: (after, before) => ({ sql: 'close_time IS NULL AND deadline > ? AND deadline < ?', values: [after, before] }),
  due: (now) => ({ sql: DUE, values: [now] }),
};

/** Written as the index of a user's sessions has it: SQLite would not use the index for the column alone. */
export const IS_OPEN = '(close_time IS NULL) = 1';
export const HAS_ENDED = '(close_time IS NULL) = 0';

/** The sessions after a key in the order of scans. */
export function afterKey({ open_time, id }: ScanKey): Condition {
  return { sql: 'open_time <= ? AND (open_time < ? OR id > ?)', values: [open_time, open_time, id] };
}

/** The condition of a filter that contradicts itself. */
const NEVER: Condition = { sql: 'FALSE', values: [] };

/**
 * The sessions that a bulk close may close. Open sessions past their deadline match too. If they were only skipped, a
 * change could still keep them alive.
 */
export function closable({ filter, only, except }: CloseMatching): Condition[] {
  return [
    ...conditions({ ...filter, active: true }, Number.NEGATIVE_INFINITY),
    ...(filter.active === false ? [NEVER] : []),
    ...(only ? [amongIds('IN', only)] : []),
    ...(except.length > 0 ? [amongIds('NOT IN', except)] : []),
  ];
}

export function amongIds(operator: 'IN' | 'NOT IN', ids: readonly string[]): Condition {
  return { sql: `id ${operator} (SELECT value FROM json_each(?))`, values: [JSON.stringify(ids)] };
}

/** The WHERE clause; empty if there are no conditions. */
export function where(all: readonly Condition[]): string {
  return all.length === 0 ? '' : `WHERE ${all.map(({ sql }) => sql).join(' AND ')}`;
}

export function valuesOf(all: readonly Condition[]): (string | number)[] {
  return all.flatMap(({ values }) => values);
}
