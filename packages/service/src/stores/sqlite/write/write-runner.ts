import type { DatabaseSync } from 'node:sqlite';
import { EVICTED_BY } from '../../../domain/limits.ts';
import { expire, isLive, type Session } from '../../../domain/session.ts';
import { apply } from '../../../domain/session-update.ts';
import type { CloseMatching, SessionLimit } from '../../../domain/store.ts';
import { amongIds, closable, IS_OPEN, valuesOf, where } from '../conditions.ts';
import { prepare, type Row, type RowStatement } from '../connection.ts';
import { isUniqueViolation } from '../faults.ts';
import {
  AMEND_SESSION,
  COLUMNS,
  DELETE_SESSION,
  INSERT_SESSION,
  keysOf,
  placeOf,
  SELECT_SESSION,
  SELECT_SUMMARIES,
  toAmendment,
  toRow,
  toSession,
  toSummary,
  toUpdate,
  UPDATE_SESSION,
} from '../rows.ts';
import { HourlyCounters } from './hourly-counts.ts';
import { SearchParts } from './search-parts.ts';
import type { Write, WriteResult } from './writes.ts';

/** One shared object: if a message refers to it many times, the copy to the other thread holds it once. */
const INSERTED: WriteResult = { type: 'inserted', evicted: [], expired: [] };
const MISSING: WriteResult = { type: 'missing' };
const NONE: readonly Row[] = [];

const ID = placeOf('id');
const USER_ID = placeOf('user_id');
const OPEN_TIME = placeOf('open_time');
const CLOSE_TIME = placeOf('close_time');

/** Sessions with an actor do not count for the limit of their user. */
const IS_OWN = 'actor_id IS NULL';

/** Runs the writes of one transaction. No other write can happen between its reads and its writes. */
export class WriteRunner {
  readonly #db: DatabaseSync;
  readonly #among: string;
  readonly #hours: HourlyCounters;
  readonly #parts: SearchParts;
  readonly #select: RowStatement;
  readonly #due: RowStatement;
  readonly #dueOfUser: RowStatement;
  readonly #insert: RowStatement;
  readonly #update: RowStatement;
  readonly #amend: RowStatement;
  readonly #delete: RowStatement;
  readonly #purgeable: RowStatement;
  readonly #ofUser: RowStatement;
  readonly #countOpenOfUser: RowStatement;
  readonly #evictable: Readonly<Record<keyof typeof EVICTED_BY, RowStatement>>;

  /** `among` is a condition that begins with AND and restricts writes over many sessions; empty for no restriction. */
  constructor(db: DatabaseSync, among = '') {
    this.#db = db;
    this.#among = among;
    this.#hours = new HourlyCounters(db);
    this.#parts = new SearchParts(db);
    this.#select = prepare(db, SELECT_SESSION);
    this.#insert = prepare(db, INSERT_SESSION);
    this.#update = prepare(db, UPDATE_SESSION);
    this.#amend = prepare(db, AMEND_SESSION);
    this.#delete = prepare(db, DELETE_SESSION);
    const select = (condition: string) => prepare(db, `SELECT ${COLUMNS} FROM sessions WHERE ${condition} LIMIT ?`);
    const ofUser = `user_id = ? AND ${IS_OPEN} ${this.#among}`;
    this.#due = select(`close_time IS NULL AND deadline <= ? ${this.#among} ORDER BY deadline`);
    this.#dueOfUser = select(`${ofUser} AND deadline <= ?`);
    this.#purgeable = select(`close_time < ? ${this.#among} ORDER BY close_time`);
    this.#ofUser = prepare(db, `${SELECT_SUMMARIES} WHERE user_id = ? ${this.#among} LIMIT ?`);
    const counts = `total(${IS_OWN} AND deadline > ?), total(deadline <= ?)`;
    this.#countOpenOfUser = prepare(db, `SELECT ${counts} FROM sessions WHERE ${ofUser}`);
    const evicted = (time: string) => select(`${ofUser} AND ${IS_OWN} ORDER BY ${time}, id DESC`);
    this.#evictable = { evict_oldest: evicted(EVICTED_BY.evict_oldest), evict_idle: evicted(EVICTED_BY.evict_idle) };
  }

  /** Runs all writes in order. Liveness is judged by `decided_at`. Throws if the transaction must be rolled back. */
  run(writes: readonly Write[], decided_at: number): WriteResult[] {
    try {
      const results = writes.map((write) => this.#run(write, decided_at));
      this.#hours.write();
      return results;
    } catch (error) {
      this.#hours.drop();
      throw error;
    }
  }

  #run(write: Write, decided_at: number): WriteResult {
    switch (write.type) {
      case 'insert':
        return this.#runInsert(write.row, write.limit, Math.max(write.now, decided_at));
      case 'update': {
        const row = this.#select.get(write.id);
        if (!row) return MISSING;
        const before = toSession(row);
        const { outcome, session } = apply(before, write.update, write.now, decided_at);
        const has_changed = session !== before;
        if (has_changed && write.update.type === 'amend') this.#amend.run(...toAmendment(session));
        return { type: 'applied', outcome, row: has_changed ? this.#write(session) : row, has_changed };
      }
      case 'remove': {
        const row = this.#select.get(write.id);
        if (!row) return MISSING;
        const { close_time } = toSession(row);
        this.#delete.run(write.id);
        if (close_time === null) this.#hours.countOpen(-1);
        return { type: 'removed', row };
      }
      case 'close':
        return this.#runClose(write, decided_at);
      case 'expire': {
        const { now, limit, user_id } = write;
        return {
          type: 'expired',
          rows: user_id === null ? this.#expire(now, limit) : this.#expireOf(user_id, now, limit),
        };
      }
      case 'purge': {
        const rows = this.#purgeable.all(write.closed_before, write.limit);
        for (const row of rows) this.#delete.run(toSession(row).id);
        return { type: 'purged', rows };
      }
      case 'remove of user': {
        const rows = this.#ofUser.all(write.user_id, write.limit);
        for (const row of rows) {
          const { id, close_time } = toSummary(row);
          this.#delete.run(id);
          if (close_time === null) this.#hours.countOpen(-1);
        }
        return { type: 'removed of user', rows, unreadable: 0 };
      }
    }
  }

  #runInsert(row: Row, limit: SessionLimit | null, now: number): WriteResult {
    if (limit === null) return this.#insertRow(row) ? INSERTED : { type: 'taken', expired: NONE };
    const user_id = row[USER_ID] ?? null;
    const [live = 0, due = 0] = this.#countOpenOfUser.get(now, now, user_id) ?? [];
    const expired = Number(due) > 0 ? this.#expireOf(user_id, now, Number(due)) : NONE;
    const excess = Number(live) - limit.max + 1;
    if (limit.policy === 'deny' && excess > 0) {
      return this.#select.get(row[ID] ?? null)
        ? { type: 'taken', expired }
        : { type: 'limit', max: limit.max, expired };
    }
    if (!this.#insertRow(row)) return { type: 'taken', expired };
    if (excess <= 0 || limit.policy === 'deny') return { type: 'inserted', evicted: [], expired };
    // Selects one more: the new session may have the same time, and must not be evicted itself.
    const candidates = this.#evictable[limit.policy]
      .all(user_id, excess + 1)
      .filter((candidate) => candidate[ID] !== row[ID]);
    const evicted = candidates
      .slice(0, excess)
      .map((candidate) => this.#close(toSession(candidate), { reason: 'evicted' }, now));
    return { type: 'inserted', evicted, expired };
  }

  /** False if the id is taken. */
  #insertRow(row: Row): boolean {
    const open_time = Number(row[OPEN_TIME]);
    try {
      this.#insert.run(...row, ...keysOf(row), this.#parts.partOf(open_time));
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
    this.#hours.opened({ user_id: String(row[USER_ID]), open_time });
    if (row[CLOSE_TIME] === null) this.#hours.countOpen(1);
    return true;
  }

  #expire(now: number, limit: number): Row[] {
    return this.#due.all(now, limit).map((row) => this.#write(expire(toSession(row))));
  }

  #expireOf(user_id: Row[number], now: number, limit: number): Row[] {
    return this.#dueOfUser.all(user_id, now, limit).map((row) => this.#write(expire(toSession(row))));
  }

  #runClose({ request, ids, now }: Write & { readonly type: 'close' }, decided_at: number): WriteResult {
    const { limit, dry_run } = request;
    const all = [...closable(request), ...(ids ? [amongIds('IN', ids)] : [])];
    // Prepared for each call: the conditions differ, and the call is rare.
    const select = prepare(
      this.#db,
      `SELECT ${COLUMNS} FROM sessions ${where(all)} ${this.#among} ORDER BY open_time DESC, id LIMIT ?`,
    );
    const found = select.all(...valuesOf(all), limit + 1);
    const rows: Row[] = [];
    const expired: Row[] = [];
    for (const row of found.slice(0, limit)) {
      const session = toSession(row);
      if (!isLive(session, Math.max(now, decided_at))) expired.push(this.#write(expire(session)));
      else rows.push(dry_run ? row : this.#close(session, request, now));
    }
    return { type: 'matched', rows, expired, unreadable: 0, more: found.length > limit, dry_run };
  }

  /** The session must be live. */
  #close(session: Session, { reason, by }: Pick<CloseMatching, 'reason' | 'by'>, now: number): Row {
    return this.#write(apply(session, { type: 'close', reason, by }, now).session);
  }

  #write(session: Session): Row {
    this.#update.run(...toUpdate(session));
    this.#hours.closed(session);
    if (session.close_time !== null) this.#hours.countOpen(-1);
    return toRow(session);
  }
}
