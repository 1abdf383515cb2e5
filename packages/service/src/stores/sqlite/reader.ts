import type { DatabaseSync } from 'node:sqlite';
import type { Session } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage } from '../../domain/store.ts';
import { isSqliteError, prepare, type RowStatement } from './connection.ts';
import { SELECT_SESSION, SELECT_SUMMARIES, toSession, toSummary } from './rows.ts';
import { unavailable } from './unavailable.ts';

/**
 * The reads, on a connection of their own.
 *
 * Those of one turn of the event loop share one transaction: taking and leaving SQLite's read lock costs as much as
 * the read. Whoever answers a write ends the transaction first (`endTurn`), so that what follows the answer sees it.
 */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #find: RowStatement;
  readonly #begin: RowStatement;
  readonly #end: RowStatement;
  /** One pair of statements a combination of filters: 48 at most. */
  readonly #lists = new Map<string, { readonly page: RowStatement; readonly total: RowStatement }>();
  #turnEnd: NodeJS.Immediate | null = null;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#find = prepare(db, SELECT_SESSION);
    this.#begin = prepare(db, 'BEGIN');
    this.#end = prepare(db, 'COMMIT');
  }

  find(id: string): Session | null {
    const row = this.#read(() => this.#find.get(id));
    return row ? toSession(row) : null;
  }

  list(filter: SessionFilter, { skip, take, total }: PageRequest, now: number): SessionPage {
    return this.#read(() => {
      const { where, values } = conditions(filter, now);
      const statements = this.#listStatements(where);
      const rows = take > 0 ? statements.page.all(...values, take, skip) : [];
      const count = total ? Number(statements.total.get(...values)?.[0]) : null;
      return { sessions: rows.map(toSummary), total: count };
    });
  }

  endTurn(): void {
    if (!this.#turnEnd) return;
    clearImmediate(this.#turnEnd);
    this.#turnEnd = null;
    this.#end.run();
  }

  close(): void {
    this.endTurn();
    this.#db.close();
  }

  #read<T>(read: () => T): T {
    try {
      if (!this.#turnEnd) {
        this.#begin.run();
        this.#turnEnd = setImmediate(() => this.endTurn());
      }
      return read();
    } catch (error) {
      throw isSqliteError(error) ? unavailable(error.message, error) : error;
    }
  }

  #listStatements(where: string): { readonly page: RowStatement; readonly total: RowStatement } {
    let statements = this.#lists.get(where);
    if (!statements) {
      statements = {
        page: prepare(this.#db, `${SELECT_SUMMARIES} ${where} ORDER BY request_time DESC, id LIMIT ? OFFSET ?`),
        total: prepare(this.#db, `SELECT count(*) FROM sessions ${where}`),
      };
      this.#lists.set(where, statements);
    }
    return statements;
  }
}

function conditions(filter: SessionFilter, now: number): { where: string; values: (string | number)[] } {
  const all: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    all.push(condition);
    values.push(value);
  };
  add('id = ?', filter.id);
  add('user_id = ?', filter.user_id);
  add('request_time >= ?', filter.from_time);
  add('request_time < ?', filter.to_time);
  if (filter.active === true) add('close_time IS NULL AND deadline > ?', now);
  if (filter.active === false) add('(close_time IS NOT NULL OR deadline <= ?)', now);
  return { where: all.length > 0 ? `WHERE ${all.join(' AND ')}` : '', values };
}
