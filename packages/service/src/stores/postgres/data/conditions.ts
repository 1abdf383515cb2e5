import type { SessionFilter } from '../../../domain/store.ts';
import type { Value } from '../connection/connection.ts';
import { toStored } from './nul-escaping.ts';
import { LISTED_LAG_MS, userKey } from './rows.ts';

/** The conditions of a WHERE clause, and the values that its parameters stand for. */
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

  /** With WHERE; empty for no conditions. */
  get where(): string {
    return this.#sql.length === 0 ? '' : `WHERE ${this.#sql.join(' AND ')}`;
  }
}

/** Adds what each member of a filter means, for the rows as they are stored, swept or not. */
export function addFilter(conditions: Conditions, filter: SessionFilter, now: number): Conditions {
  const { id, user_id, active, from_time, to_time, client, address, close_reason } = filter;
  if (id !== undefined) conditions.add('id = ?', toStored(id));
  if (user_id !== undefined) conditions.add('user_key = ? AND user_id = ?', userKey(user_id), toStored(user_id));
  if (from_time !== undefined) conditions.add('request_time >= ?', from_time);
  if (to_time !== undefined) conditions.add('request_time < ?', to_time);
  if (id === undefined && user_id === undefined) {
    // What the index holds lags behind.
    if (from_time !== undefined) conditions.add('listed_time >= ?', from_time - LISTED_LAG_MS);
    if (to_time !== undefined) conditions.add('listed_time < ?', to_time);
  }
  if (active === true) conditions.add('close_time IS NULL AND deadline > ?', now);
  if (active === false) conditions.add('(close_time IS NOT NULL OR deadline <= ?)', now);
  if (client !== undefined) conditions.add('client = ?', toStored(client));
  if (address !== undefined) conditions.add('address = ?', toStored(address));
  if (close_reason === 'idle') {
    conditions.add(`(close_reason = 'idle' OR ${DUE} AND deadline IS DISTINCT FROM expire_time)`, now);
  } else if (close_reason === 'expired') {
    conditions.add(`(close_reason = 'expired' OR ${DUE} AND deadline = expire_time)`, now);
  } else if (close_reason !== undefined) conditions.add('close_reason = ?', close_reason);
  return conditions;
}

/** Past its deadline, and not swept. */
const DUE = 'close_time IS NULL AND deadline <= ?';
