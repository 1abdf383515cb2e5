import { type ChangeListener, ChangeListeners, changed, removed } from '../../domain/changes.ts';
import { idTaken, SessionsError } from '../../domain/errors.ts';
import { evictedFor } from '../../domain/limits.ts';
import { deadline, expire, isLive, type Session } from '../../domain/session.ts';
import { apply, type SessionUpdate } from '../../domain/session-update.ts';
import type {
  ClosedMatching,
  CloseMatching,
  Expired,
  HourCounts,
  PageRequest,
  RemovedOfUser,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionLimit,
  SessionPage,
  SessionStore,
  UpdateResult,
} from '../../domain/store.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import type { MemoryStoreConfig } from './config.ts';
import { Entries, type Entry } from './entries.ts';
import { HourlyCounters } from './hourly-counts.ts';
import { countMatching, listMatching, matching, matchingFrom, SCANNED_MAX } from './matching.ts';

/**
 * Stores sessions in the memory of this process; they are lost when it ends. The number of sessions is bounded by
 * `sessions_max`. A full store deletes the ended session with the oldest activity to make room. If none has ended,
 * `insert` rejects with `STORE_FULL`.
 *
 * Every operation on more than one session first ends the sessions that are past their deadline. This costs O(log n)
 * once per session.
 */
export class MemoryStore implements SessionStore {
  readonly #config: MemoryStoreConfig;
  readonly #entries = new Entries();
  readonly #hours = new HourlyCounters();
  readonly #listeners = new ChangeListeners();

  constructor(config: MemoryStoreConfig) {
    this.#config = config;
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}
  async ping(): Promise<void> {}

  async insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]> {
    if (this.#entries.get(session.id)) throw idTaken(session.id);
    const evicted = limit ? this.#evict(session.user_id, limit, now) : [];
    if (this.#entries.size >= this.#config.sessions_max) this.#makeRoom(now);
    this.#entries.add(session);
    this.#hours.opened(session);
    this.#listeners.tell(changed(session));
    return evicted;
  }

  async find(id: string): Promise<Session | null> {
    return this.#entries.get(id)?.session ?? null;
  }

  async update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const entry = this.#entries.get(id);
    if (!entry) return { outcome: 'missing' };
    const applied = apply(entry.session, update, now);
    if (applied.session !== entry.session) this.#replace(entry, applied.session);
    return applied;
  }

  async remove(id: string): Promise<Session | null> {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    this.#drop(entry);
    return entry.session;
  }

  async list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const { sessions, total } = listMatching(this.#entries, filter, page);
    return { sessions, total: page.total ? total : null };
  }

  async scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const sessions: Session[] = [];
    let last: Session | null = null;
    let scanned = 0;
    for (const { session, isMatch } of matchingFrom(this.#entries, filter, after)) {
      // Another session follows, so there is a next page.
      if (last && (sessions.length === take || scanned === SCANNED_MAX)) {
        return { sessions, next: { open_time: last.open_time, id: last.id } };
      }
      scanned += 1;
      last = session;
      if (isMatch) sessions.push(session);
    }
    return { sessions, next: null };
  }

  async count(filter: SessionFilter, now: number): Promise<number> {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    return countMatching(this.#entries, filter);
  }

  async closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching> {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const { filter, limit, dry_run } = request;
    if (filter.active === false) return { ids: [], more: false };
    const only = request.only && new Set(request.only);
    const except = new Set(request.except);
    const found: Entry[] = [];
    for (const entry of matching(this.#entries, { ...filter, active: true })) {
      if (only?.has(entry.session.id) === false) continue;
      if (except.has(entry.session.id)) continue;
      found.push(entry);
      if (found.length > limit) break;
    }
    const chosen = found.slice(0, limit);
    if (!dry_run) for (const entry of chosen) this.#close(entry, request, now);
    return { ids: chosen.map(({ session }) => session.id), more: found.length > limit };
  }

  /** Ends the due sessions of all users: without due sessions this costs one comparison. */
  async expire(now: number, limit: number, user_id?: string): Promise<Expired> {
    return this.#expireDue(now, user_id === undefined ? limit : Number.POSITIVE_INFINITY);
  }

  async purge(closed_before: number, limit: number): Promise<number> {
    let purged = 0;
    for (let entry = this.#entries.byEnd.first(); entry && purged < limit; entry = this.#entries.byEnd.first()) {
      if (entry.session.close_time === null || entry.session.close_time >= closed_before) break;
      this.#drop(entry);
      purged += 1;
    }
    return purged;
  }

  async removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    const found = this.#entries.ofUser(user_id)?.byOpenTime.slice('all', 0, limit) ?? [];
    for (const entry of found) this.#drop(entry);
    const live = found.filter(({ session }) => isLive(session, now)).length;
    return { count: found.length, live, more: this.#entries.ofUser(user_id) !== undefined };
  }

  async lease(): Promise<boolean> {
    return true;
  }

  async clockDifference(): Promise<null> {
    return null;
  }

  async hours(since: number): Promise<readonly HourCounts[]> {
    return this.#hours.since(since);
  }

  watch(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  watermark(): number {
    return elapsedTime();
  }

  /** Runs before the new session is inserted, so that no read in between sees more than `max` sessions. */
  #evict(user_id: string, limit: SessionLimit, now: number): Session[] {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const byTime = this.#entries.ofUser(user_id)?.byTime;
    const count = byTime?.count('live') ?? 0;
    if (!byTime || count < limit.max) return [];
    const live = new Map(byTime.slice('live', 0, count).map((entry) => [entry.session, entry]));
    return evictedFor([...live.keys()], limit).flatMap((session) => {
      const entry = live.get(session);
      return entry ? [this.#close(entry, { reason: 'evicted' }, now)] : [];
    });
  }

  /** The session must be live. */
  #close(entry: Entry, { reason, by }: Pick<CloseMatching, 'reason' | 'by'>, now: number): Session {
    const { session } = apply(entry.session, { type: 'close', reason, by }, now);
    this.#replace(entry, session);
    return session;
  }

  #expireDue(now: number, limit: number): Expired {
    const { byDue } = this.#entries;
    let count = 0;
    let earliest: number | null = null;
    for (let entry = byDue.first(); entry && entry.due <= now && count < limit; entry = byDue.first()) {
      const due = deadline(entry.session);
      if (due <= now) {
        this.#replace(entry, expire(entry.session));
        earliest = Math.min(due, earliest ?? due);
        count += 1;
      } else {
        this.#entries.postpone(entry);
      }
    }
    return { count, earliest };
  }

  #makeRoom(now: number): void {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const { byTime } = this.#entries.all;
    const [oldest] = byTime.slice('ended', byTime.count('ended') - 1, 1);
    if (!oldest) {
      const sessions_max = this.#config.sessions_max;
      const message = `The memory store is full: ${sessions_max} open sessions (sessions_max). Increase sessions_max in the store URL.`;
      throw new SessionsError('STORE_FULL', message, { details: { sessions_max } });
    }
    this.#drop(oldest);
  }

  #replace(entry: Entry, session: Session): void {
    const { revision, close_reason } = entry.session;
    this.#entries.replace(entry, session);
    if (close_reason === null) this.#hours.closed(session);
    if (session.revision !== revision) this.#listeners.tell(changed(session));
  }

  #drop(entry: Entry): void {
    this.#entries.drop(entry);
    this.#listeners.tell(removed(entry.session));
  }
}
