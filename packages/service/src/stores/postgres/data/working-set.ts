import { changed, removed, type SessionChange } from '../../../domain/changes.ts';
import { idTaken, SessionsError } from '../../../domain/errors.ts';
import { evictedFor } from '../../../domain/limits.ts';
import { expire, isLive, type Session } from '../../../domain/session.ts';
import { apply } from '../../../domain/session-update.ts';
import type { CloseMatching, SessionLimit } from '../../../domain/store.ts';
import { assertMayEnd, type Clock } from '../../../domain/time/clock.ts';
import { HourlySums } from '../../shared/hourly-counts.ts';
import { changedStored, newlyStored, type Stored } from './rows.ts';
import type { Write, WriteResult } from './writes.ts';

interface Entry {
  /** The row in the database; null if it does not exist yet. */
  readonly stored: Stored | null;
  /** The session after the transaction; null to delete it. */
  session: Session | null;
}

/** Why a session is closed, and by whom. */
type Closing = Pick<CloseMatching, 'reason' | 'by'>;

const EVICTION: Closing = { reason: 'evicted' };

/** The rows that a transaction writes at its end. */
export interface FinalStates {
  readonly inserted: readonly Stored[];
  readonly updated: readonly { readonly before: Session; readonly after: Stored }[];
  readonly removed: readonly Session[];
}

/**
 * The sessions that a transaction has locked. Its writes change them here one after the other by the rules of the
 * domain. Other transactions see nothing before the final states are written.
 */
export class WorkingSet {
  /** The changes to publish, in order. */
  readonly changes: SessionChange[] = [];
  readonly hours = new HourlySums();
  readonly #entries = new Map<string, Entry>();
  /** When the sessions were locked: the writes may have waited since their `now`. */
  readonly #decided_at: number;
  readonly #mayEnd: () => void;

  constructor(stored: readonly Stored[], clock: Clock) {
    this.#decided_at = clock.now();
    this.#mayEnd = () => assertMayEnd(clock);
    for (const one of stored) this.#entries.set(one.session.id, { stored: one, session: one.session });
  }

  /** A rejected write has changed nothing and does not affect the other writes. */
  run(write: Write): WriteResult {
    try {
      return this.#run(write);
    } catch (error) {
      if (error instanceof SessionsError) return { type: 'failed', error };
      throw error;
    }
  }

  #run(write: Write): WriteResult {
    switch (write.type) {
      case 'insert':
        return this.#insert(write.session, write.limit, write.now);
      case 'update': {
        const session = this.#entries.get(write.id)?.session;
        if (!session) return { type: 'updated', result: { outcome: 'missing' } };
        const applied = apply(session, write.update, write.now, this.#decided_at, this.#mayEnd);
        if (applied.session !== session) this.replace(applied.session);
        return { type: 'updated', result: applied };
      }
      case 'remove': {
        const session = this.#entries.get(write.id)?.session ?? null;
        if (session) this.remove(session);
        return { type: 'removed', session };
      }
    }
  }

  /** Replaces a session of the set by a new state. */
  replace(session: Session): void {
    const entry = this.#entries.get(session.id);
    if (!entry?.session) return;
    const { revision, close_time } = entry.session;
    entry.session = session;
    if (close_time === null) this.hours.closed(session);
    // A touch has no new revision and is not published.
    if (session.revision !== revision) this.changes.push(changed(session));
  }

  remove(session: Session): void {
    const entry = this.#entries.get(session.id);
    if (!entry) return;
    entry.session = null;
    this.changes.push(removed(session));
  }

  /** Closes a live session of the set. If the session is past its deadline, ends it and returns null. */
  close(session: Session, { reason, by }: Closing, now: number): Session | null {
    const closed = apply(session, { type: 'close', reason, by }, now, this.#decided_at, this.#mayEnd);
    if (closed.session !== session) this.replace(closed.session);
    return closed.outcome === 'updated' ? closed.session : null;
  }

  finalStates(): FinalStates {
    const inserted: Stored[] = [];
    const updated: { before: Session; after: Stored }[] = [];
    const gone: Session[] = [];
    for (const { stored, session } of this.#entries.values()) {
      if (!stored) {
        if (session) inserted.push(newlyStored(session));
      } else if (!session) {
        gone.push(stored.session);
      } else if (session !== stored.session) {
        updated.push({ before: stored.session, after: changedStored(stored, session) });
      }
    }
    return { inserted, updated, removed: gone };
  }

  #insert(session: Session, limit: SessionLimit | null, now: number): WriteResult {
    if (this.#entries.get(session.id)?.session) return { type: 'failed', error: idTaken(session.id) };
    const evicted = limit ? evictedFor(this.#liveOf(session.user_id, now), limit) : [];
    const closed = evicted.flatMap((other) => this.close(other, EVICTION, now) ?? []);
    this.#entries.set(session.id, { stored: null, session });
    this.hours.opened(session);
    this.changes.push(changed(session));
    return { type: 'inserted', evicted: closed };
  }

  /**
   * The live sessions of a user. Ends those that are past their deadline: a session that the limit does not count must
   * not become live again.
   */
  #liveOf(user_id: string, now: number): Session[] {
    const live: Session[] = [];
    for (const { session } of this.#entries.values()) {
      if (session?.user_id !== user_id || session.close_time !== null) continue;
      if (isLive(session, Math.max(now, this.#decided_at))) {
        live.push(session);
      } else {
        this.#mayEnd();
        this.replace(expire(session));
      }
    }
    return live;
  }
}
