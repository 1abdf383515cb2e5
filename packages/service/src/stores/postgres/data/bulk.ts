import { BEFORE_ALL_DEADLINES } from '../../../domain/lists/filter.ts';
import { expire, isLive, type Session } from '../../../domain/session.ts';
import type { ClosedMatching, CloseMatching, Expired, RemovedOfUser } from '../../../domain/store.ts';
import { assertMayEnd, type Clock } from '../../../domain/time/clock.ts';
import type { Connection, Statement } from '../connection/connection.ts';
import { COMMIT, commit, inTransaction } from '../connection/transaction.ts';
import type { Feed } from '../feed/feed.ts';
import { textArray } from './arrays.ts';
import { addFilter, Conditions } from './conditions.ts';
import { firstHourKept } from './hourly-counts.ts';
import { IS_DUE_OF_USER } from './lists.ts';
import { fromStored, toStored } from './nul-escaping.ts';
import { STORED_ONLY, type Stored, SUMMARY_COLUMNS, toStoredSession, userKey } from './rows.ts';
import { WorkingSet } from './working-set.ts';

/** Closing a session clears `user` and `data`, so they are not read for it. */
const SELECT_ENDING = `SELECT ${SUMMARY_COLUMNS}, token, NULL, NULL, ${STORED_ONLY} FROM sessions`;

/**
 * How many sessions in use one step of an expiry moves forward in the index, and how many steps it makes at most. Each
 * session is moved once per idle timeout.
 */
const POSTPONED_MAX = 2_000;
const POSTPONEMENTS_MAX = 10;

const POSTPONE = `UPDATE sessions SET due = deadline WHERE id = ANY(ARRAY(
    SELECT id FROM sessions WHERE close_time IS NULL AND due <= $1 AND deadline > $1 AND due < deadline
    ORDER BY due LIMIT ${POSTPONED_MAX} FOR UPDATE SKIP LOCKED)) RETURNING 1`;
const SELECT_DUE = `${SELECT_ENDING} WHERE close_time IS NULL AND due <= $1 AND deadline <= $1
    ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED`;
const SELECT_DUE_OF_USER = `${SELECT_ENDING} WHERE ${IS_DUE_OF_USER} ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED`;
const SELECT_PURGED = `${SELECT_ENDING} WHERE close_time < $1 ORDER BY close_time LIMIT $2 FOR UPDATE SKIP LOCKED`;
const SELECT_IDS_OF_USER = `SELECT id FROM sessions WHERE user_key = $1 AND user_id = $2 ORDER BY open_time DESC, id LIMIT $3`;
const SELECT_REMOVED = `${SELECT_ENDING} WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`;
const FORGET_HOURS = 'DELETE FROM hours WHERE hour < $1';

function selectDue(now: number, limit: number, user_id: string | null): Statement {
  if (user_id === null) return { name: 'due', text: SELECT_DUE, values: [now, limit] };
  const values = [now, userKey(user_id), toStored(user_id), limit];
  return { name: 'due of user', text: SELECT_DUE_OF_USER, values };
}

/**
 * Operations that change many sessions at once. They have a longer timeout than other calls, because the sessions they
 * look for may be spread over the whole table.
 */
export class Bulk {
  readonly #begin: Statement;
  readonly #feed: Feed;
  readonly #clock: Clock;

  constructor(feed: Feed, clock: Clock, timeout_ms: number) {
    this.#begin = { text: `BEGIN; SET LOCAL statement_timeout = ${timeout_ms}` };
    this.#feed = feed;
    this.#clock = clock;
  }

  closeMatching(connection: Connection, request: CloseMatching, now: number): Promise<ClosedMatching> {
    const { filter, only, except, limit, dry_run } = request;
    if (filter.active === false) return Promise.resolve({ ids: [], more: false });
    // Open sessions past their deadline match too. If they were only skipped, a change could still keep them alive.
    const matching = () => {
      const conditions = addFilter(new Conditions(), { ...filter, active: true }, BEFORE_ALL_DEADLINES);
      if (only) conditions.add('id = ANY(?::text[])', textArray(only.map(toStored)));
      return except.length === 0 ? conditions : conditions.add('id <> ALL(?::text[])', textArray(except.map(toStored)));
    };
    return inTransaction(connection, async () => {
      const { where, values } = matching();
      const text = `SELECT id, deadline FROM sessions ${where} ORDER BY open_time DESC, id LIMIT ${limit + 1}`;
      const [, found] = await Promise.all([connection.query(this.#begin), connection.query({ text, values })]);
      const chosen = found.slice(0, limit).map(([id]) => String(id));
      const more = found.length > limit;
      if (dry_run || chosen.length === 0) {
        await connection.query(COMMIT);
        const live = found.slice(0, limit).filter(([, deadline]) => now < Number(deadline));
        return { ids: live.map(([id]) => fromStored(String(id))), more };
      }
      // Rows are locked in the order of their ids, as everywhere. Sessions that no longer match are left out.
      const still = matching().add('id = ANY(?::text[])', textArray(chosen));
      const locking = `${SELECT_ENDING} ${still.where} ORDER BY id FOR UPDATE`;
      const rows = await connection.query({ text: locking, values: still.values });
      const locked = new Map(rows.map((row) => [String(row[0]), toStoredSession(row)]));
      const ordered = chosen.flatMap((id) => locked.get(id) ?? []);
      const closed = await this.#commit(connection, ordered, (set, session) => set.close(session, request, now));
      return { ids: closed.map(({ id }) => id), more };
    });
  }

  async expire(connection: Connection, now: number, limit: number, user_id: string | null): Promise<Expired> {
    if (user_id === null) await this.#postpone(connection, now);
    return inTransaction(connection, async () => {
      const [, , rows] = await Promise.all([
        connection.query(this.#begin),
        connection.query({ name: 'forget hours', text: FORGET_HOURS, values: [firstHourKept(now)] }),
        connection.query(selectDue(now, limit, user_id)),
      ]);
      if (rows.length > 0) assertMayEnd(this.#clock);
      const closed = await this.#commit(connection, rows.map(toStoredSession), (set, session) => {
        const expired = expire(session);
        set.replace(expired);
        return expired;
      });
      const ends = closed.map(({ close_time }) => close_time ?? now);
      return { count: closed.length, earliest: ends.length === 0 ? null : Math.min(...ends) };
    });
  }

  purge(connection: Connection, closed_before: number, limit: number): Promise<number> {
    return inTransaction(connection, async () => {
      const [, rows] = await Promise.all([
        connection.query(this.#begin),
        connection.query({ name: 'purged', text: SELECT_PURGED, values: [closed_before, limit] }),
      ]);
      const gone = await this.#commit(connection, rows.map(toStoredSession), (set, session) => {
        set.remove(session);
        return session;
      });
      return gone.length;
    });
  }

  removeOfUser(connection: Connection, user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    return inTransaction(connection, async () => {
      const values = [userKey(user_id), toStored(user_id), limit + 1];
      const [, found] = await Promise.all([
        connection.query(this.#begin),
        connection.query({ name: 'ids of user', text: SELECT_IDS_OF_USER, values }),
      ]);
      const ids = textArray(found.slice(0, limit).map(([id]) => String(id)));
      // Sessions that another transaction has deleted meanwhile are left out.
      const rows = await connection.query({ name: 'removed', text: SELECT_REMOVED, values: [ids] });
      const gone = await this.#commit(connection, rows.map(toStoredSession), (set, session) => {
        set.remove(session);
        return session;
      });
      const live = gone.filter((session) => isLive(session, now)).length;
      return { count: gone.length, live, more: found.length > limit };
    });
  }

  async #postpone(connection: Connection, now: number): Promise<void> {
    for (let n = 0; n < POSTPONEMENTS_MAX; n += 1) {
      const postponed = await connection.query({ name: 'postpone', text: POSTPONE, values: [now] });
      if (postponed.length < POSTPONED_MAX) return;
    }
  }

  /** Resolves to the sessions that were changed as intended: `change` returns null for the others. */
  async #commit(
    connection: Connection,
    locked: readonly Stored[],
    change: (set: WorkingSet, session: Session) => Session | null,
  ): Promise<Session[]> {
    const set = new WorkingSet(locked, this.#clock);
    const changed = locked.flatMap(({ session }) => change(set, session) ?? []);
    await commit(connection, set, this.#feed);
    return changed;
  }
}
