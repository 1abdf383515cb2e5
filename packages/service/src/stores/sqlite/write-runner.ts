import type { DatabaseSync } from 'node:sqlite';
import { apply, expire, type Session } from '../../domain/session.ts';
import type { SessionLimit } from '../../domain/store.ts';
import { conditions, IS_OPEN, valuesOf, where } from './conditions.ts';
import { isUniqueViolation, prepare, type Row, type RowStatement } from './connection.ts';
import { HourCounters } from './hours.ts';
import {
  COLUMNS,
  DELETE_SESSION,
  INSERT_SESSION,
  SELECT_DUE,
  SELECT_SESSION,
  toRow,
  toSession,
  toUpdate,
  UPDATE_SESSION,
} from './rows.ts';
import type { Write, WriteResult } from './writes.ts';

/** One object for all: of many references to it, the copy to the other thread holds one. */
const INSERTED: WriteResult = { type: 'inserted', evicted: [] };
const MISSING: WriteResult = { type: 'missing' };

const OPEN_OF_USER = `FROM sessions WHERE user_id = ? AND ${IS_OPEN} AND deadline > ?`;

/** The index of `open_time` in an inserted row. */
const OPEN_TIME = 5;
const USER_ID = 1;

/** Does the writes of one transaction; between its reads and its writes nothing else can come. */
export class WriteRunner {
  readonly #db: DatabaseSync;
  readonly #hours: HourCounters;
  readonly #select: RowStatement;
  readonly #due: RowStatement;
  readonly #insert: RowStatement;
  readonly #update: RowStatement;
  readonly #delete: RowStatement;
  readonly #purgeable: RowStatement;
  readonly #countOpenOfUser: RowStatement;
  readonly #oldestOfUser: RowStatement;
  readonly #idlestOfUser: RowStatement;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#hours = new HourCounters(db);
    this.#select = prepare(db, SELECT_SESSION);
    this.#due = prepare(db, SELECT_DUE);
    this.#insert = prepare(db, INSERT_SESSION);
    this.#update = prepare(db, UPDATE_SESSION);
    this.#delete = prepare(db, DELETE_SESSION);
    const closed = 'FROM sessions WHERE close_time < ? ORDER BY close_time LIMIT ?';
    this.#purgeable = prepare(db, `SELECT ${COLUMNS} ${closed}`);
    this.#countOpenOfUser = prepare(db, `SELECT count(*) ${OPEN_OF_USER}`);
    this.#oldestOfUser = prepare(db, `SELECT ${COLUMNS} ${OPEN_OF_USER} ORDER BY open_time, id DESC LIMIT ?`);
    this.#idlestOfUser = prepare(db, `SELECT ${COLUMNS} ${OPEN_OF_USER} ORDER BY request_time, id DESC LIMIT ?`);
  }

  /** All of them, in their order; throws when the transaction has to be rolled back. */
  run(writes: readonly Write[]): WriteResult[] {
    try {
      const results = writes.map((write) => this.#run(write));
      this.#hours.write();
      return results;
    } catch (error) {
      this.#hours.drop();
      throw error;
    }
  }

  #run(write: Write): WriteResult {
    switch (write.type) {
      case 'insert':
        return this.#runInsert(write.row, write.limit, write.now);
      case 'update': {
        const row = this.#select.get(write.id);
        if (!row) return MISSING;
        const { outcome, session } = apply(toSession(row), write.update, write.now);
        return outcome === 'updated'
          ? { type: 'updated', row: this.#write(session) }
          : { type: 'not_updated', outcome, row };
      }
      case 'remove': {
        const row = this.#select.get(write.id);
        if (!row) return MISSING;
        this.#delete.run(write.id);
        return { type: 'removed', row };
      }
      case 'close':
        return this.#runClose(write);
      case 'expire': {
        const rows = this.#due.all(write.now, write.limit).map((row) => this.#write(expire(toSession(row))));
        return { type: 'expired', rows };
      }
      case 'purge': {
        const rows = this.#purgeable.all(write.closed_before, write.limit);
        for (const row of rows) this.#delete.run(row[0] ?? null);
        return { type: 'purged', rows };
      }
    }
  }

  #runInsert(row: Row, limit: SessionLimit | null, now: number): WriteResult {
    const user_id = row[USER_ID] ?? null;
    const excess = limit === null ? 0 : Number(this.#countOpenOfUser.get(user_id, now)?.[0]) - limit.max + 1;
    if (limit?.policy === 'deny' && excess > 0) {
      return this.#select.get(row[0] ?? null) ? { type: 'taken' } : { type: 'limit', max: limit.max };
    }
    try {
      this.#insert.run(...row);
    } catch (error) {
      if (isUniqueViolation(error)) return { type: 'taken' };
      throw error;
    }
    this.#hours.count('opened', Number(row[OPEN_TIME]));
    if (limit === null || excess <= 0) return INSERTED;
    // Of one moment with the new one, which must not be chosen itself.
    const order = limit.policy === 'evict_idle' ? this.#idlestOfUser : this.#oldestOfUser;
    const candidates = order.all(user_id, now, excess + 1).filter((candidate) => candidate[0] !== row[0]);
    const evicted = candidates.slice(0, excess).map((candidate) => this.#close(candidate, 'evicted', now));
    return { type: 'inserted', evicted };
  }

  #runClose({ request, now }: Write & { readonly type: 'close' }): WriteResult {
    const { filter, except, reason, limit, dry_run } = request;
    const all = [
      ...conditions(filter, now),
      ...conditions({ active: true }, now),
      ...(except.length > 0
        ? [{ sql: 'id NOT IN (SELECT value FROM json_each(?))', values: [JSON.stringify(except)] }]
        : []),
    ];
    // Prepared each time: what it selects by differs, and it is no hot path.
    const select = prepare(
      this.#db,
      `SELECT ${COLUMNS} FROM sessions ${where(all)} ORDER BY open_time DESC, id LIMIT ?`,
    );
    const found = select.all(...valuesOf(all), limit + 1);
    const chosen = found.slice(0, limit);
    const rows = dry_run ? chosen : chosen.map((row) => this.#close(row, reason, now));
    return { type: 'matched', rows, more: found.length > limit, dry_run };
  }

  /** The session of the row must be live. */
  #close(row: Row, reason: NonNullable<Session['close_reason']>, now: number): Row {
    return this.#write(apply(toSession(row), { type: 'close', reason }, now).session);
  }

  #write(session: Session): Row {
    this.#update.run(...toUpdate(session));
    if (session.close_time !== null && session.close_reason !== null) {
      this.#hours.count(session.close_reason, session.close_time);
    }
    return toRow(session);
  }
}
