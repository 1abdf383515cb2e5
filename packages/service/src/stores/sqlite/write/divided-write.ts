import type { DatabaseSync } from 'node:sqlite';
import { amongIds, IS_OPEN } from '../conditions.ts';
import { prepare, type Row } from '../connection.ts';
import { isDamage } from '../faults.ts';
import { COLUMNS, toSession } from '../rows.ts';
import type { Write, WriteResult } from './writes.ts';

/** The maximum number of sessions of one divided write. */
const CANDIDATES_MAX = 10_000;
/**
 * The maximum number of attempts with parts of a write; each takes about 0.5 ms. The rest then counts as unwritable.
 */
const ATTEMPTS_MAX = 2_000;

/** A write over many sessions. */
export type WriteOfMany = Write & { readonly type: 'expire' | 'purge' | 'close' | 'remove of user' };
type ResultOfMany = WriteResult & { readonly type: 'expired' | 'purged' | 'matched' | 'removed of user' };

export function isOfMany(write: Write): write is WriteOfMany {
  return ['expire', 'purge', 'close', 'remove of user'].includes(write.type);
}

/** The rows of a write over many sessions. They are read from indexes only, because the sessions may be damaged. */
export function candidates(db: DatabaseSync, write: WriteOfMany): readonly number[] {
  return rowids(db, selection(write));
}

/**
 * A user's open sessions that cannot be read. Call it outside a transaction: SQLite writes nothing in a transaction
 * that met damage.
 */
export function unreadableOf(db: DatabaseSync, user_id: Row[number]): readonly number[] {
  const read = prepare(db, `SELECT ${COLUMNS} FROM sessions WHERE rowid = ?`);
  return rowids(db, openOf(user_id)).filter((rowid) => !isReadable(() => read.get(rowid)));
}

/**
 * Repeats a write on smaller and smaller parts of its sessions, so that only the unwritable ones are left out. A
 * readable session may be unwritable too, if its page must be merged with a damaged one.
 */
export function divide(
  write: WriteOfMany,
  all: readonly number[],
  attempt: (write: WriteOfMany, part: readonly number[]) => WriteResult,
): { readonly result: WriteResult; readonly unwritable: number } {
  let result = emptyResult(write);
  let unwritable = 0;
  let attempts = 0;
  const parts = [all];
  for (let part = parts.pop(); part && part.length > 0; part = parts.pop()) {
    const rest = limitOf(write) - countOf(result);
    if (rest <= 0) break;
    attempts += 1;
    try {
      if (attempts > ATTEMPTS_MAX) unwritable += part.length;
      else result = merged(result, attempt(withLimit(write, rest), part));
    } catch (error) {
      if (!isDamage(error)) throw error;
      const middle = part.length >> 1;
      if (middle === 0) unwritable += 1;
      else parts.push(part.slice(middle), part.slice(0, middle));
    }
  }
  if ('unreadable' in result) result = { ...result, unreadable: unwritable };
  return { result, unwritable };
}

interface Selection {
  /** The clause after FROM, which names an index with all columns of the condition. */
  readonly from: string;
  readonly values: Row;
}

function rowids(db: DatabaseSync, { from, values }: Selection): number[] {
  const rows = prepare(db, `SELECT rowid FROM sessions ${from} LIMIT ${CANDIDATES_MAX}`).all(...values);
  return rows.map(([rowid]) => Number(rowid));
}

function selection(write: WriteOfMany): Selection {
  switch (write.type) {
    case 'expire':
      if (write.user_id !== null) return openOf(write.user_id);
      return {
        from: 'INDEXED BY sessions_due WHERE close_time IS NULL AND deadline <= ? ORDER BY deadline',
        values: [write.now],
      };
    case 'purge':
      return {
        from: 'INDEXED BY sessions_closed WHERE close_time < ? ORDER BY close_time',
        values: [write.closed_before],
      };
    case 'remove of user':
      return { from: 'INDEXED BY sessions_of_user WHERE user_id = ?', values: [write.user_id] };
    case 'close': {
      const { user_id } = write.request.filter;
      if (write.ids) {
        const { sql, values } = amongIds('IN', write.ids);
        return { from: `WHERE ${sql}`, values };
      }
      if (user_id !== undefined) return openOf(user_id);
      return { from: 'INDEXED BY sessions_due WHERE close_time IS NULL', values: [] };
    }
  }
}

function openOf(user_id: Row[number]): Selection {
  return { from: `INDEXED BY sessions_of_user WHERE user_id = ? AND ${IS_OPEN}`, values: [user_id] };
}

function isReadable(read: () => Row | undefined): boolean {
  try {
    const row = read();
    if (row) toSession(row);
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

function emptyResult(write: WriteOfMany): ResultOfMany {
  switch (write.type) {
    case 'expire':
      return { type: 'expired', rows: [] };
    case 'purge':
      return { type: 'purged', rows: [] };
    case 'remove of user':
      return { type: 'removed of user', rows: [], unreadable: 0 };
    case 'close': {
      const { dry_run } = write.request;
      return { type: 'matched', rows: [], expired: [], unreadable: 0, more: false, dry_run };
    }
  }
}

function merged(before: ResultOfMany, next: WriteResult): ResultOfMany {
  if (before.type === 'matched' && next.type === 'matched') {
    const expired = [...before.expired, ...next.expired];
    return { ...next, rows: [...before.rows, ...next.rows], expired, more: before.more || next.more };
  }
  if (before.type === 'matched' || before.type !== next.type) return before;
  return { ...before, rows: [...before.rows, ...next.rows] };
}

function countOf(result: ResultOfMany): number {
  return result.rows.length + (result.type === 'matched' ? result.expired.length : 0);
}

function limitOf(write: WriteOfMany): number {
  return write.type === 'close' ? write.request.limit : write.limit;
}

function withLimit(write: WriteOfMany, limit: number): WriteOfMany {
  return write.type === 'close' ? { ...write, request: { ...write.request, limit } } : { ...write, limit };
}
