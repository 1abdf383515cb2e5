import type { DatabaseSync } from 'node:sqlite';
import type { SessionSummary } from '../../../domain/session.ts';
import { HOUR_MS, HOURS_MAX, HourSums } from '../../shared/hourly-counts.ts';
import { prepare, type RowStatement } from '../connection.ts';
import { isDamage } from '../faults.ts';

export const SELECT_HOURS = 'SELECT hour, what, count FROM hours WHERE hour >= ? ORDER BY hour DESC';

const COUNT_OPEN = 'SELECT count(*) FROM sessions WHERE close_time IS NULL';
/** The row of a total, which is of no hour. */
const OPEN = "hour = -1 AND what = 'open'";
export const SELECT_OPEN = `SELECT count FROM hours WHERE ${OPEN}`;

/** The counts are worth less than the sessions: no write fails for long because of them. */
const LEFT_OUT_TRANSACTIONS = 1_000;

/**
 * Counts what a transaction opens and closes, and writes the sums at its end: one row an hour and kind, not a session. How many
 * sessions are open is kept too: to count them takes 0.2 s for 10 million.
 */
export class HourCounters {
  readonly #add: RowStatement;
  readonly #forget: RowStatement;
  readonly #addOpen: RowStatement;
  readonly #recount: RowStatement;
  readonly #sums = new HourSums();
  /** How many more sessions are open than before. */
  #opened = 0;
  #latest = 0;
  /** Transactions that are not counted any more, before it is tried again. */
  #left_out = 0;
  #mustRecount = false;

  constructor(db: DatabaseSync) {
    const values = 'VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count';
    this.#add = prepare(db, `INSERT INTO hours (hour, what, count) ${values}`);
    this.#forget = prepare(db, 'DELETE FROM hours WHERE hour >= 0 AND hour < ?');
    this.#addOpen = prepare(db, `UPDATE hours SET count = count + ? WHERE ${OPEN}`);
    this.#recount = prepare(db, `UPDATE hours SET count = (${COUNT_OPEN}) WHERE ${OPEN}`);
  }

  /** Sessions that are open from now on; negative for those that are not any more. */
  countOpen(count: number): void {
    this.#opened += count;
  }

  opened(session: Pick<SessionSummary, 'user_id' | 'open_time'>): void {
    this.#sums.opened(session);
  }

  closed(session: SessionSummary): void {
    this.#sums.closed(session);
  }

  /** Within the transaction. Damage to the counts fails this transaction, and leaves the next ones without counts. */
  write(): void {
    if (this.#left_out > 0) {
      this.#left_out -= 1;
      this.drop();
      if (this.#left_out > 0) return;
      this.#mustRecount = true;
    }
    try {
      this.#write();
    } catch (error) {
      if (isDamage(error)) this.#left_out = LEFT_OUT_TRANSACTIONS;
      throw error;
    }
  }

  #write(): void {
    for (const { hour, what, count } of this.#sums.all()) {
      // What is imported may be old.
      if (hour < this.#latest - (HOURS_MAX - 1) * HOUR_MS) continue;
      this.#add.run(hour, what, count);
      if (hour > this.#latest) {
        this.#latest = hour;
        this.#forget.run(hour - (HOURS_MAX - 1) * HOUR_MS);
      }
    }
    if (this.#mustRecount) this.#recount.run();
    else if (this.#opened !== 0) this.#addOpen.run(this.#opened);
    this.#mustRecount = false;
    this.drop();
  }

  /** After a transaction that was rolled back. */
  drop(): void {
    this.#sums.clear();
    this.#opened = 0;
  }
}
