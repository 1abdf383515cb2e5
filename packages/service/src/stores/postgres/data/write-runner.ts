import type { Clock } from '../../../domain/time/clock.ts';
import type { Connection, Statement } from '../connection/connection.ts';
import type { Deadline } from '../connection/deadline.ts';
import { isOfValues, isWorthAnotherTry, refused } from '../connection/faults.ts';
import type { Pool } from '../connection/pool.ts';
import { BEGIN, commit, inTransaction } from '../connection/transaction.ts';
import type { Feed } from '../feed/feed.ts';
import { LOCK_CLASS } from '../schema/schema.ts';
import { numberArray, textArray } from './arrays.ts';
import { toStored } from './nul-escaping.ts';
import { COLUMNS, STORED_ONLY, type Stored, SUMMARY_COLUMNS, toStoredSession, userKey } from './rows.ts';
import { WorkingSet } from './working-set.ts';
import type { Write, WriteResult } from './writes.ts';

/** How often a batch is tried that conflicts with other transactions, before its writes fail. */
const ATTEMPTS_MAX = 5;

/**
 * How many users with a session limit one batch may have: the number of locks that PostgreSQL allows an average
 * transaction (max_locks_per_transaction, https://www.postgresql.org/docs/current/runtime-config-locks.html).
 */
const LIMITED_USERS_MAX = 64;

/**
 * Runs the writes of one batch in one transaction. The transaction locks and reads the sessions of the writes, the
 * domain decides their new states, and one statement writes them before the commit.
 *
 * Locks are always taken in the same order, so that transactions cannot deadlock: first users by their key, then
 * sessions by id, then new ids.
 */
export class WriteRunner {
  readonly #pool: Pool;
  readonly #feed: Feed;
  readonly #clock: Clock;

  constructor(pool: Pool, feed: Feed, clock: Clock) {
    this.#pool = pool;
    this.#feed = feed;
    this.#clock = clock;
  }

  /** Returns one result per write, in order. Rejects with `STORE_UNAVAILABLE` if the whole batch failed. */
  run(writes: readonly Write[], deadline: Deadline): Promise<WriteResult[]> {
    return this.#pool.use(deadline, (connection) => this.#run(connection, writes));
  }

  async #run(connection: Connection, writes: readonly Write[]): Promise<WriteResult[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(connection, writes, attempt);
      } catch (error) {
        if (isWorthAnotherTry(error) && attempt < ATTEMPTS_MAX) continue;
        if (!isOfValues(error)) throw error;
        // A bad value must fail only its own write.
        if (writes.length === 1) return [{ type: 'failed', error: refused(error) }];
        const half = writes.length >> 1;
        const first = await this.#run(connection, writes.slice(0, half));
        return [...first, ...(await this.#run(connection, writes.slice(half)))];
      }
    }
  }

  async #attempt(connection: Connection, writes: readonly Write[], attempt: number): Promise<WriteResult[]> {
    // New ids are random, so the first attempt does not check whether they are taken. If the insert fails, the next
    // attempt reads first.
    const alone = attempt === 1 && writes.every((write) => write.type === 'insert' && write.limit === null);
    return inTransaction(connection, async () => {
      const locked = alone ? [] : await lock(connection, writes);
      const set = new WorkingSet(locked, this.#clock);
      const results = writes.map((write) => set.run(write));
      await commit(connection, set, this.#feed, alone);
      return results;
    });
  }
}

/** Begins a transaction, and locks and reads all sessions that the writes need. */
async function lock(connection: Connection, writes: readonly Write[]): Promise<Stored[]> {
  const ids = new Set<string>();
  const users = new Set<number>();
  for (const write of writes) {
    ids.add(write.type === 'insert' ? write.session.id : write.id);
    if (write.type === 'insert' && write.limit) users.add(userKey(write.session.user_id));
  }
  const idArray = textArray([...ids].map(toStored));
  const statements: Statement[] = [BEGIN];
  if (users.size === 0) {
    statements.push({ name: 'lock', text: LOCK_BY_ID, values: [idArray] });
  } else {
    // A separate statement: the next one must see what was committed before the locks were granted.
    statements.push({ name: 'lock users', text: LOCK_USERS, values: [numberArray(lockKeys(users))] });
    const values = [idArray, numberArray([...users])];
    statements.push({ name: 'lock with users', text: LOCK_WITH_USERS, values });
  }
  const results = await Promise.all(statements.map((statement) => connection.query(statement)));
  return (results.at(-1) ?? []).map(toStoredSession);
}

/** The key of an advisory lock has 32 bits. */
function lockKeys(users: ReadonlySet<number>): number[] {
  const keys = new Set([...users].map((user) => user % 2 ** 31));
  return [...keys].sort((a, b) => a - b);
}

const LOCK_USERS = `SELECT count(pg_advisory_xact_lock(${LOCK_CLASS}, key)) FROM unnest($1::integer[]) AS u (key)`;
const LOCK_BY_ID = `SELECT ${COLUMNS}, ${STORED_ONLY} FROM unnest($1::text[]) AS u (wanted) JOIN sessions ON id = wanted
  ORDER BY id FOR UPDATE OF sessions`;
/** `user` and `data` are not read for sessions that may be evicted: closing clears both. */
const LOCK_WITH_USERS = `SELECT ${SUMMARY_COLUMNS}, token,
    CASE WHEN id = ANY($1::text[]) THEN "user" END, CASE WHEN id = ANY($1::text[]) THEN data END, ${STORED_ONLY}
  FROM sessions
  WHERE id = ANY($1::text[]) OR user_key = ANY($2::bigint[]) AND close_time IS NULL
  ORDER BY id FOR UPDATE`;

/**
 * Limits a batch: at most `LIMITED_USERS_MAX` users with a limit, and no insert of an id that the same batch removes.
 */
export function admission(): (write: Write) => boolean {
  const users = new Set<string>();
  const removed = new Set<string>();
  return (write) => {
    if (write.type === 'remove') removed.add(write.id);
    if (write.type !== 'insert') return true;
    if (removed.has(write.session.id)) return false;
    if (write.limit) users.add(write.session.user_id);
    return users.size <= LIMITED_USERS_MAX;
  };
}
