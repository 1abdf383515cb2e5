import type { DatabaseSync } from 'node:sqlite';
import type { Session } from '../../domain/session.ts';
import type {
  HourCounts,
  PageRequest,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionPage,
} from '../../domain/store.ts';
import { toHours } from '../hour-sums.ts';
import { unavailable } from '../unavailable.ts';
import type { CommitListener, Done } from './commit-queue.ts';
import { conditions, IS_OPEN, valuesOf, where } from './conditions.ts';
import { isSqliteError, prepare, type Row, type RowStatement } from './connection.ts';
import { SELECT_HOURS } from './hours.ts';
import { SELECT_SESSION, SELECT_SUMMARIES, toSession, toSummary } from './rows.ts';
import { Scanner } from './scanner.ts';
import { SessionCache } from './session-cache.ts';
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
  readonly #hours: RowStatement;
  readonly #due: RowStatement;
  readonly #dueOfUser: RowStatement;
  readonly #scanner: Scanner;
  /** One a combination of filters: some hundreds at most. */
  readonly #lists = new Map<string, RowStatement>();
  readonly #counts = new Map<string, RowStatement>();
  #inTransaction = false;
  #turnEnd: NodeJS.Immediate | null = null;

  constructor(db: DatabaseSync, session_cache_bytes: number) {
    this.#db = db;
    this.#cache = new SessionCache(session_cache_bytes);
    this.#find = prepare(db, SELECT_SESSION);
    this.#begin = prepare(db, 'BEGIN');
    this.#end = prepare(db, 'COMMIT');
    this.#hours = prepare(db, SELECT_HOURS);
    this.#due = prepare(db, 'SELECT 1 FROM sessions WHERE close_time IS NULL AND deadline <= ? LIMIT 1');
    this.#dueOfUser = prepare(db, `SELECT 1 FROM sessions WHERE user_id = ? AND ${IS_OPEN} AND deadline <= ? LIMIT 1`);
    this.#scanner = new Scanner(db);
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

  list(filter: SessionFilterV1, { skip, take, total }: PageRequest, now: number): SessionPage {
    return this.#read(() => {
      const all = conditions(filter, now);
      const rows = take > 0 ? this.#list(where(all)).all(...valuesOf(all), take, skip) : [];
      return { sessions: rows.map(toSummary), total: total ? this.#count(filter, now) : null };
    });
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan {
    return this.#read(() => this.#scanner.scan(filter, after, take, now));
  }

  count(filter: SessionFilter, now: number): number {
    return this.#read(() => this.#count(filter, now));
  }

  /** Whether a session of a user, or of all, is open and past its deadline. */
  hasDue(now: number, user_id: string | null): boolean {
    // The index of all answers as a rule: nothing is due between two sweeps but what has just become so.
    return this.#read(() => {
      if (!this.#due.get(now)) return false;
      return user_id === null || this.#dueOfUser.get(user_id, now) !== undefined;
    });
  }

  hours(since: number): HourCounts[] {
    return this.#read(() => toHours(this.#hours.all(since)));
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

  committed(done: readonly Done[] | null): void {
    this.#endTransaction();
    if (done === null) this.#cache.clear();
    else for (const { result } of done) this.#forget(result);
  }

  close(): void {
    this.#endTransaction();
    this.#db.close();
  }

  #forget(result: WriteResult): void {
    switch (result.type) {
      case 'applied':
        if (result.has_changed) this.#forgetRows([result.row]);
        return;
      case 'removed':
        this.#forgetRows([result.row]);
        return;
      case 'inserted':
        this.#forgetRows(result.evicted);
        this.#forgetRows(result.expired);
        return;
      case 'taken':
      case 'limit':
        this.#forgetRows(result.expired);
        return;
      case 'matched':
        this.#forgetRows(result.rows);
        this.#forgetRows(result.expired);
        return;
      case 'expired':
      case 'purged':
        this.#forgetRows(result.rows);
        return;
      case 'failed':
        this.#cache.clear();
        return;
      case 'missing':
    }
  }

  #forgetRows(rows: readonly Row[]): void {
    for (const [id] of rows) this.#cache.delete(String(id));
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

  #list(condition: string): RowStatement {
    return prepared(this.#lists, condition, () =>
      prepare(this.#db, `${SELECT_SUMMARIES} ${condition} ORDER BY request_time DESC, id LIMIT ? OFFSET ?`),
    );
  }

  #count(filter: SessionFilter, now: number): number {
    const all = conditions(filter, now);
    const condition = where(all);
    const count = prepared(this.#counts, condition, () =>
      prepare(this.#db, `SELECT count(*) FROM sessions ${condition}`),
    );
    return Number(count.get(...valuesOf(all))?.[0]);
  }
}

function prepared(statements: Map<string, RowStatement>, key: string, make: () => RowStatement): RowStatement {
  let statement = statements.get(key);
  if (!statement) {
    statement = make();
    statements.set(key, statement);
  }
  return statement;
}
