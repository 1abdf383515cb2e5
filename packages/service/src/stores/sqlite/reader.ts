import type { DatabaseSync } from 'node:sqlite';
import type { Session } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage } from '../../domain/store.ts';
import type { CommitListener } from './commit-queue.ts';
import { isSqliteError, prepare, type RowStatement } from './connection.ts';
import { SELECT_SESSION, SELECT_SUMMARIES, toSession, toSummary } from './rows.ts';
import { SessionCache } from './session-cache.ts';
import { unavailable } from './unavailable.ts';
import type { WriteResult } from './writes.ts';

/**
 * The reads, on a connection of their own, with a cache of sessions before it. All of them, cached or not, see the
 * file as it was after the last commit that was told (`committed`), so that no two reads disagree about a session:
 *
 * - From the moment that a commit is sent until it is told, a transaction holds the file's state for the reads.
 * - Otherwise nothing changes the file. The reads of one turn of the event loop share a transaction then: taking and
 *   leaving SQLite's read lock costs as much as a read.
 */
export class Reader implements CommitListener {
  readonly #db: DatabaseSync;
  readonly #cache: SessionCache;
  readonly #find: RowStatement;
  readonly #begin: RowStatement;
  readonly #end: RowStatement;
  /** One pair of statements a combination of filters: 48 at most. */
  readonly #lists = new Map<string, { readonly page: RowStatement; readonly total: RowStatement }>();
  #inTransaction = false;
  #turnEnd: NodeJS.Immediate | null = null;

  constructor(db: DatabaseSync, session_cache_bytes: number) {
    this.#db = db;
    this.#cache = new SessionCache(session_cache_bytes);
    this.#find = prepare(db, SELECT_SESSION);
    this.#begin = prepare(db, 'BEGIN');
    this.#end = prepare(db, 'COMMIT');
  }

  find(id: string): Session | null {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const row = this.#read(() => this.#find.get(id));
    if (!row) return null;
    const session = Object.freeze(toSession(row));
    this.#cache.set(session);
    return session;
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

  /** Asks the disk, whatever is cached. Throws `STORE_UNAVAILABLE`. */
  ping(): void {
    this.#read(() => this.#find.get(''));
  }

  committing(): void {
    try {
      // A new transaction: one from before a checkpoint would keep the log from starting anew. It holds the file's
      // state only once it has read something.
      this.#endTransaction();
      this.ping();
      this.#forgetTurnEnd();
    } catch {
      // Reads will say what is wrong; until then they ask the disk.
      this.#cache.clear();
    }
  }

  committed(results: readonly WriteResult[] | null): void {
    this.#endTransaction();
    if (results === null) this.#cache.clear();
    else for (const result of results) this.#forget(result);
  }

  close(): void {
    this.#endTransaction();
    this.#db.close();
  }

  #forget(result: WriteResult): void {
    switch (result.type) {
      case 'updated':
      case 'removed':
        this.#cache.delete(String(result.row[0]));
        return;
      case 'expired':
        for (const id of result.ids) this.#cache.delete(id);
        return;
      case 'failed':
        this.#cache.clear();
        return;
      case 'inserted':
      case 'taken':
      case 'refused':
      case 'missing':
    }
  }

  #read<T>(read: () => T): T {
    try {
      if (!this.#inTransaction) {
        this.#begin.run();
        this.#inTransaction = true;
        this.#turnEnd = setImmediate(() => this.#endTransaction());
      }
      return read();
    } catch (error) {
      throw isSqliteError(error) ? unavailable(error.message, error) : error;
    }
  }

  #endTransaction(): void {
    this.#forgetTurnEnd();
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    this.#end.run();
  }

  #forgetTurnEnd(): void {
    if (this.#turnEnd) clearImmediate(this.#turnEnd);
    this.#turnEnd = null;
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
