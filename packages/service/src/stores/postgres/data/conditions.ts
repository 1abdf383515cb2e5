import type { SessionFilter } from '../../../domain/lists/filter.ts';
import { type Condition, type Dialect, filterConditions } from '../../sql/filter-conditions.ts';
import type { RangeDialect } from '../../sql/index-ranges.ts';
import type { Value } from '../connection/connection.ts';
import { toStored } from './nul-escaping.ts';
import { LISTED_LAG_MS, userKey } from './rows.ts';

/** The conditions of a WHERE clause, with the values of its parameters. */
export class Conditions {
  readonly #values: Value[];
  readonly #sql: string[] = [];

  constructor(values: readonly Value[] = []) {
    this.#values = [...values];
  }

  /** Each `?` stands for the next of the values. */
  add(sql: string, ...values: Value[]): this {
    let number = this.#values.length;
    this.#values.push(...values);
    this.#sql.push(
      sql.replaceAll('?', () => {
        number += 1;
        return `$${number}`;
      }),
    );
    return this;
  }

  get values(): Value[] {
    return [...this.#values];
  }

  /** The clause with WHERE; empty if there are no conditions. */
  get where(): string {
    return this.#sql.length === 0 ? '' : `WHERE ${this.#sql.join(' AND ')}`;
  }
}

/** A filter without an id and a user uses the index of `listed_time`, which lags behind. */
function byListedTime(
  sql: string,
  time: number,
  { id, user_id }: SessionFilter,
  listed: string,
  lag_ms: number,
): Condition {
  if (id !== undefined || user_id !== undefined) return { sql, values: [time] };
  return { sql: `${sql} AND ${listed}`, values: [time, time - lag_ms] };
}

const DIALECT: Dialect = {
  toStored,
  translations: {
    user_id: (stored, _, { user_id = '' }) => ({
      sql: 'user_key = ? AND user_id = ?',
      values: [userKey(user_id), stored],
    }),
    from_time: (time, _, filter) => byListedTime('request_time >= ?', time, filter, 'listed_time >= ?', LISTED_LAG_MS),
    to_time: (time, _, filter) => byListedTime('request_time < ?', time, filter, 'listed_time < ?', 0),
  },
};

/** `due` is at most the deadline, so its ranges contain more sessions than are wanted. */
export const RANGES: RangeDialect = {
  toStored,
  conditions: (filter, now) => filterConditions(filter, now, DIALECT),
  live: (_, before) => ({ sql: 'close_time IS NULL AND due < ?', values: [before] }),
  due: (now) => ({ sql: 'close_time IS NULL AND due <= ?', values: [now] }),
};

/** Adds the conditions of a filter. */
export function addFilter(conditions: Conditions, filter: SessionFilter, now: number): Conditions {
  for (const { sql, values } of filterConditions(filter, now, DIALECT)) conditions.add(sql, ...values);
  return conditions;
}
