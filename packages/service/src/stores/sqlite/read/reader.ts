import type { DatabaseSync } from 'node:sqlite';
import type { SessionsError } from '../../../domain/errors.ts';
import type { Session } from '../../../domain/session.ts';
import type {
  HourCounts,
  PageRequest,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionPage,
} from '../../../domain/store.ts';
import { toHours } from '../../shared/hourly-counts.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { Row } from '../connection.ts';
import { isOfConnection, toUnavailable } from '../faults.ts';
import { toSession } from '../rows.ts';
import type { CommitListener } from '../write/commit-listener.ts';
import type { Done, Write, WriteResult } from '../write/writes.ts';
import { ReadConnection } from './read-connection.ts';
import { SessionCache } from './session-cache.ts';

/**
 * The reads, on a separate connection with a cache of sessions. All reads, cached or not, see the file after the last
 * published commit (`committed`). So no two reads disagree about a session.
 *
 * - While a commit is in progress, a transaction keeps the snapshot of the file for the reads.
 * - At other times nothing changes the file. The reads of one turn of the event loop share a transaction, because
 *   acquiring and releasing SQLite's read lock costs as much as a read.
 *
 * Every statement can fail. A failed read throws `STORE_UNAVAILABLE`, and nothing else is thrown from here. After a
 * fault of the whole connection, the next read opens a new one. If the content of the files is lost, all reads fail.
 */
export class Reader implements Omit<CommitListener, 'ending'> {
  readonly #connect: () => DatabaseSync;
  readonly #cache: SessionCache;
  #connection: ReadConnection | null;
  /** Why all reads fail. */
  #refusal: SessionsError | null = null;
  #inTransaction = false;
  #turnEnd: NodeJS.Immediate | null = null;

  /** Throws the error of SQLite if the first connection cannot be opened. */
  constructor(connect: () => DatabaseSync, session_cache_bytes: number) {
    this.#connect = connect;
    this.#cache = new SessionCache(session_cache_bytes);
    this.#connection = ReadConnection.open(connect);
  }

  /** Returns a cached session. */
  peek(id: string): Session | undefined {
    return this.#cache.get(id);
  }

  find(id: string): Session | null {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const session = this.#read(({ find }) => {
      const row = find.get(id);
      return row ? Object.freeze(toSession(row)) : null;
    });
    if (session) this.#cache.set(session);
    return session;
  }

  /** Returns null if the read would delay other requests; so do `scan` and `count`. */
  list(filter: SessionFilterV1, page: PageRequest, now: number): SessionPage | null {
    return this.#readIfShort(filter, (connection) => connection.page(filter, page, now));
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Scan | null {
    if (isEmpty(filter)) return this.#read(({ scanner }) => scanner.scan(filter, after, take, now));
    return this.#readIfShort(filter, ({ scanner }) => scanner.scan(filter, after, take, now));
  }

  count(filter: SessionFilter, now: number): number | null {
    const { active, ...rest } = filter;
    if (active === true && isEmpty(rest)) return this.#read((connection) => connection.countLive(now));
    return this.#readIfShort(filter, (connection) => connection.count(filter, now));
  }

  /** Whether a session of a user, or of all users, is open and past its deadline. */
  hasDue(now: number, user_id: string | null): boolean {
    // The index of all users usually suffices: between two sweeps, few sessions are due.
    return this.#read(({ due, dueOfUser }) => {
      if (!due.get(now)) return false;
      return user_id === null || dueOfUser.get(user_id, now) !== undefined;
    });
  }

  hasClosed(before: number): boolean {
    return this.#read(({ closed }) => closed.get(before) !== undefined);
  }

  hasAny(user_id: string): boolean {
    return this.#read(({ ofUser }) => ofUser.get(user_id) !== undefined);
  }

  hours(since: number): HourCounts[] {
    return this.#read(({ hours }) => toHours(hours.all(since)));
  }

  /** Reads from the disk, whatever is cached. Throws `STORE_UNAVAILABLE`. */
  ping(): void {
    this.#read(({ find }) => find.get(''));
  }

  foundUnreadable(): void {
    this.#cache.clear();
  }

  lost(reason: string): void {
    this.#refusal = unavailable(reason);
    this.#cache.clear();
    this.#endTransaction();
  }

  committing(): void {
    // Begins a new transaction: one from before a checkpoint would prevent the log from restarting.
    this.#endTransaction();
    try {
      this.#read((connection) => connection.holdState());
      this.#forgetTurnEnd();
    } catch {
      // The next reads will report the fault; until then they read from the disk.
      this.#cache.clear();
    }
  }

  committed(done: readonly Done[] | null): void {
    this.#endTransaction();
    if (done === null) this.#cache.clear();
    else for (const { write, result } of done) this.#forget(write, result);
  }

  close(): void {
    this.#refusal ??= unavailable('it is closed');
    this.#endTransaction();
    this.#abandonConnection();
  }

  #forget(write: Write, result: WriteResult): void {
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
      case 'removed of user':
        this.#forgetRows(result.rows);
        return;
      case 'failed':
        // Nothing has changed, but the session may no longer be readable.
        if (write.type === 'update' || write.type === 'remove') this.#cache.delete(write.id);
        return;
      case 'missing':
    }
  }

  #forgetRows(rows: readonly Row[]): void {
    for (const [id] of rows) this.#cache.delete(String(id));
  }

  #readIfShort<T>({ id, user_id }: SessionFilter, read: (connection: ReadConnection) => T): T | null {
    return this.#read((connection) => {
      const isShort = id !== undefined || (user_id !== undefined && connection.hasFew(user_id));
      return isShort ? read(connection) : null;
    });
  }

  #read<T>(read: (connection: ReadConnection) => T): T {
    if (this.#refusal) throw this.#refusal;
    try {
      this.#connection ??= ReadConnection.open(this.#connect);
      if (!this.#inTransaction) {
        this.#connection.begin.run();
        this.#inTransaction = true;
        this.#turnEnd = setImmediate(() => this.#endTransaction());
      }
      return read(this.#connection);
    } catch (error) {
      this.#recover(error);
      throw toUnavailable(error);
    }
  }

  /** After some faults SQLite ends a transaction by itself: then the snapshot is gone. */
  #recover(error: unknown): void {
    const connection = this.#connection;
    if (!connection) return;
    if (isOfConnection(error)) this.#abandonConnection();
    else if (this.#inTransaction && !connection.db.isTransaction) this.#transactionEnded();
  }

  #endTransaction(): void {
    if (!this.#inTransaction) return;
    this.#transactionEnded();
    try {
      this.#connection?.end();
    } catch {
      this.#abandonConnection();
    }
  }

  #transactionEnded(): void {
    this.#forgetTurnEnd();
    this.#inTransaction = false;
  }

  #abandonConnection(): void {
    this.#transactionEnded();
    this.#connection?.close();
    this.#connection = null;
  }

  #forgetTurnEnd(): void {
    if (this.#turnEnd) clearImmediate(this.#turnEnd);
    this.#turnEnd = null;
  }
}

function isEmpty(filter: SessionFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}
