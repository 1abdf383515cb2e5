import type { DatabaseSync } from 'node:sqlite';
import type { SessionSummary } from '../../../domain/session.ts';
import { HOUR_MS, HOURS_MAX, HourlySums } from '../../shared/hourly-counts.ts';
import { prepare, type RowStatement } from '../connection.ts';
import { isDamage } from '../faults.ts';

export const SELECT_HOURS = 'SELECT hour, what, count FROM hours WHERE hour >= ? ORDER BY hour DESC';

const COUNT_OPEN = 'SELECT count(*) FROM sessions WHERE close_time IS NULL';
/** The row with the total of open sessions; its hour is -1. */
const OPEN = "hour = -1 AND what = 'open'";
export const SELECT_OPEN = `SELECT count FROM hours WHERE ${OPEN}`;

/** After damage to the counts, this many transactions are not counted: the counts matter less than the sessions. */
const LEFT_OUT_TRANSACTIONS = 1_000;

/**
 * Counts the sessions that a transaction opens and closes, and writes the sums at its end: one row per hour and kind,
 * not one per session. It also stores the number of open sessions, because counting 10 million of them takes 0.2 s.
 */
export class HourlyCounters {
  readonly #add: RowStatement;
  readonly #forget: RowStatement;
  readonly #addOpen: RowStatement;
  readonly #recount: RowStatement;
  readonly #sums = new HourlySums();
  /** The change in the number of open sessions. */
  #opened = 0;
  #latest = 0;
  /** How many more transactions are not counted. */
  #left_out = 0;
  #mustRecount = false;

  constructor(db: DatabaseSync) {
    const values = 'VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count';
    this.#add = prepare(db, `INSERT INTO hours (hour, what, count) ${values}`);
    this.#forget = prepare(db, 'DELETE FROM hours WHERE hour >= 0 AND hour < ?');
    this.#addOpen = prepare(db, `UPDATE hours SET count = count + ? WHERE ${OPEN}`);
    this.#recount = prepare(db, `UPDATE hours SET count = (${COUNT_OPEN}) WHERE ${OPEN}`);
  }

  /** Adds sessions that are now open; negative for sessions that are no longer open. */
  countOpen(count: number): void {
    this.#opened += count;
  }

  opened(session: Pick<SessionSummary, 'user_id' | 'open_time'>): void {
    this.#sums.opened(session);
  }

  closed(session: SessionSummary): void {
    this.#sums.closed(session);
  }

  /** Call it within the transaction. Damage to the counts fails this transaction, and the next ones are not counted. */
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
      // Imported sessions may be old.
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

  /** Call it after a transaction was rolled back. */
  drop(): void {
    this.#sums.clear();
    this.#opened = 0;
  }
}
