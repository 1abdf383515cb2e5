import type { DatabaseSync } from 'node:sqlite';
import type { CloseReason } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';
import { prepare, type Row, type RowStatement } from './connection.ts';

const HOUR_MS = 3_600_000;
const HOURS_MAX = 48;

export const SELECT_HOURS = 'SELECT hour, what, count FROM hours WHERE hour >= ? ORDER BY hour DESC';

/** Counts what a transaction opens and closes, and writes the sums at its end: one row an hour and kind, not a session. */
export class HourCounters {
  readonly #add: RowStatement;
  readonly #forget: RowStatement;
  readonly #counts = new Map<string, { readonly hour: number; readonly what: string; count: number }>();
  #latest = 0;

  constructor(db: DatabaseSync) {
    const values = 'VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count';
    this.#add = prepare(db, `INSERT INTO hours (hour, what, count) ${values}`);
    this.#forget = prepare(db, 'DELETE FROM hours WHERE hour < ?');
  }

  count(what: 'opened' | CloseReason, time: number): void {
    const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
    const key = `${what} ${hour}`;
    const counted = this.#counts.get(key);
    if (counted) counted.count += 1;
    else this.#counts.set(key, { hour, what, count: 1 });
  }

  /** Within the transaction. */
  write(): void {
    for (const { hour, what, count } of this.#counts.values()) {
      // What is imported may be old.
      if (hour < this.#latest - (HOURS_MAX - 1) * HOUR_MS) continue;
      this.#add.run(hour, what, count);
      if (hour > this.#latest) {
        this.#latest = hour;
        this.#forget.run(hour - (HOURS_MAX - 1) * HOUR_MS);
      }
    }
    this.#counts.clear();
  }

  /** After a transaction that was rolled back. */
  drop(): void {
    this.#counts.clear();
  }
}

export function toHours(rows: readonly Row[]): HourCounts[] {
  const hours = new Map<number, { opened: number; closed: Partial<Record<CloseReason, number>> }>();
  for (const [hour, what, count] of rows as readonly (readonly [number, string, number])[]) {
    const counts = hours.get(hour) ?? { opened: 0, closed: {} };
    hours.set(hour, counts);
    if (what === 'opened') counts.opened = count;
    else counts.closed[what as CloseReason] = count;
  }
  return [...hours].map(([hour, counts]) => ({ hour, ...counts }));
}
