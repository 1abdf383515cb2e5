import type { CloseMatching, SessionFilter } from '../../domain/store.ts';

/** A condition of a WHERE clause, with the values that it binds. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** What each member of a filter means, for the rows as they are stored, swept or not. */
export function conditions(filter: SessionFilter, now: number): Condition[] {
  const { id, user_id, active, from_time, to_time, client, address, close_reason } = filter;
  const all: Condition[] = [];
  const add = (sql: string, ...values: (string | number)[]) => all.push({ sql, values });
  if (id !== undefined) add('id = ?', id);
  if (user_id !== undefined) add('user_id = ?', user_id);
  if (from_time !== undefined) add('request_time >= ?', from_time);
  if (to_time !== undefined) add('request_time < ?', to_time);
  if (active === true) add(`${user_id === undefined ? 'close_time IS NULL' : IS_OPEN} AND deadline > ?`, now);
  if (active === false) add('(close_time IS NOT NULL OR deadline <= ?)', now);
  if (client !== undefined) add('client = ?', client);
  if (address !== undefined) add('address = ?', address);
  if (close_reason === 'idle') add(`(close_reason = 'idle' OR ${DUE} AND deadline IS NOT expire_time)`, now);
  else if (close_reason === 'expired') add(`(close_reason = 'expired' OR ${DUE} AND deadline = expire_time)`, now);
  else if (close_reason !== undefined) add('close_reason = ?', close_reason);
  return all;
}

/** As the index of a user's sessions holds it: the column alone would not be found there. */
export const IS_OPEN = '(close_time IS NULL) = 1';
export const HAS_ENDED = '(close_time IS NULL) = 0';

/** For a filter that contradicts itself. */
const NEVER: Condition = { sql: 'FALSE', values: [] };

/**
 * What a bulk close is about. Open ones that are past their deadline match too: one that is only passed over could be kept
 * alive by a change.
 */
export function closable({ filter, except }: CloseMatching): Condition[] {
  return [
    ...conditions({ ...filter, active: true }, Number.NEGATIVE_INFINITY),
    ...(filter.active === false ? [NEVER] : []),
    ...(except.length > 0 ? [amongIds('NOT IN', except)] : []),
  ];
}

export function amongIds(operator: 'IN' | 'NOT IN', ids: readonly string[]): Condition {
  return { sql: `id ${operator} (SELECT value FROM json_each(?))`, values: [JSON.stringify(ids)] };
}

/** Past its deadline, and not swept. */
const DUE = 'close_time IS NULL AND deadline <= ?';

/** Empty for no conditions. */
export function where(all: readonly Condition[]): string {
  return all.length === 0 ? '' : `WHERE ${all.map(({ sql }) => sql).join(' AND ')}`;
}

export function valuesOf(all: readonly Condition[]): (string | number)[] {
  return all.flatMap(({ values }) => values);
}
