import { CLOSED_BY } from '@pip-sessions/contract/close-reasons';
import type { SessionFilter } from '../../domain/lists/filter.ts';
import { addressRange, type KeyRange, nameRange, textNumber } from '../../domain/lists/search-keys.ts';

/** A condition of a WHERE clause. Each `?` stands for the next of the values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

type Name = keyof SessionFilter;
type Translation<N extends Name> = (
  value: NonNullable<SessionFilter[N]>,
  now: number,
  filter: SessionFilter,
  toStored: Dialect['toStored'],
) => Condition;
type Translations = { readonly [N in Name]-?: Translation<N> };

/** The differences between database engines: how a text is stored, and which expressions use indexes. */
export interface Dialect {
  readonly toStored: (text: string) => string;
  readonly translations: Partial<Translations>;
}

/** Past its deadline, and not swept. */
export const DUE = 'close_time IS NULL AND deadline <= ?';
const LIVE = 'close_time IS NULL AND deadline > ?';

/** The SQL of each property of a filter (`domain/lists/filter.ts`), for rows that may or may not be swept. */
const TRANSLATIONS: Translations = {
  id: (id) => ({ sql: 'id = ?', values: [id] }),
  user_id: (user_id) => ({ sql: 'user_id = ?', values: [user_id] }),
  active: (active, now) =>
    active ? { sql: LIVE, values: [now] } : { sql: '(close_time IS NOT NULL OR deadline <= ?)', values: [now] },
  from_time: (from_time) => ({ sql: 'request_time >= ?', values: [from_time] }),
  to_time: (to_time) => ({ sql: 'request_time < ?', values: [to_time] }),
  opened_after: (time) => ({ sql: 'open_time >= ?', values: [time] }),
  opened_before: (time) => ({ sql: 'open_time < ?', values: [time] }),
  client: (stored, _, { client = '' }) => ({
    sql: 'client_key = ? AND client = ?',
    values: [textNumber(client), stored],
  }),
  address: (_, __, { address = '' }, toStored) => ofRange('address_key', addressRange(address), toStored),
  user_name: (_, __, { user_name = '' }, toStored) => ofRange('user_name_key', nameRange(user_name), toStored),
  close_reason: (reason, now) => {
    const isOfExpireTime = `deadline IS ${reason === 'idle' ? '' : 'NOT '}DISTINCT FROM expire_time`;
    return reason === 'idle' || reason === 'expired'
      ? { sql: `(close_reason = ? OR ${DUE} AND ${isOfExpireTime})`, values: [reason, now] }
      : { sql: 'close_reason = ?', values: [reason] };
  },
  closed_by: (by, now) =>
    by === CLOSED_BY.idle
      ? { sql: `(closed_by = ? OR ${DUE})`, values: [by, now] }
      : { sql: 'closed_by = ?', values: [by] },
  actor_type: (type) => ({ sql: 'actor_type = ?', values: [type] }),
  actor_id: (id) => ({ sql: 'actor_id = ?', values: [id] }),
  expires_before: (time, now) => ({ sql: `${LIVE} AND deadline < ?`, values: [now, time] }),
  expires_after: (time, now) => ({ sql: `${LIVE} AND deadline >= ?`, values: [now, time] }),
};

/** The texts whose key is in a range; none for an invalid range. */
function ofRange(column: string, range: KeyRange | null, toStored: Dialect['toStored']): Condition {
  if (range === null) return { sql: 'FALSE', values: [] };
  return { sql: `${column} >= ? AND ${column} <= ?`, values: [toStored(range.from), toStored(range.to)] };
}

const NAMES = Object.keys(TRANSLATIONS) as Name[];

/** The conditions of a filter, in a fixed order. */
export function filterConditions(filter: SessionFilter, now: number, dialect: Dialect): Condition[] {
  const { toStored, translations } = dialect;
  return NAMES.flatMap((name) => {
    const value = filter[name];
    if (value === undefined) return [];
    const translate = (translations[name] ?? TRANSLATIONS[name]) as Translation<Name>;
    const stored = typeof value === 'string' ? toStored(value) : value;
    return [translate(stored as never, now, filter, toStored)];
  });
}
