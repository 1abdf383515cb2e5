import { idTaken, SessionsError } from '../../domain/errors.ts';
import { apply, deadline, expire, type Session, type SessionChange } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore, UpdateResult } from '../../domain/store.ts';
import type { MemoryStoreConfig } from './config.ts';
import { type Kind, OrderedIndex } from './ordered-index.ts';

/** A session with its places in the indexes; changed only while it is out of them. */
interface Entry {
  session: Session;
  ended: boolean;
  /** When to look whether the session has passed its deadline: at it, or earlier where activity has moved it. */
  due: number;
}

/**
 * Sessions in this process, gone with it. Bounded: when it is full, the ended session with the oldest activity
 * makes room; when none has ended, a new one is refused.
 *
 * Whatever is past its deadline is closed at the next operation, before that looks at anything. The work is O(log n)
 * for each session, once in its life.
 */
export class MemoryStore implements SessionStore {
  readonly #config: MemoryStoreConfig;
  readonly #entries = new Map<string, Entry>();
  readonly #byTime = new OrderedIndex<Entry>(newestFirst);
  readonly #byUser = new Map<string, OrderedIndex<Entry>>();
  readonly #byDue = new OrderedIndex<Entry>(soonestDueFirst);

  constructor(config: MemoryStoreConfig) {
    this.#config = config;
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}
  async ping(): Promise<void> {}

  async insert(session: Session): Promise<void> {
    if (this.#entries.has(session.id)) throw idTaken(session.id);
    if (this.#entries.size >= this.#config.sessions_max) this.#makeRoom(session.request_time);
    // Frozen, as every session here: what a caller gets is the store's own.
    this.#add({ session: Object.freeze({ ...session }), ended: session.close_time !== null, due: deadline(session) });
  }

  async find(id: string): Promise<Session | null> {
    return this.#entries.get(id)?.session ?? null;
  }

  async update(id: string, change: SessionChange, now: number): Promise<UpdateResult> {
    const entry = this.#entries.get(id);
    if (!entry) return { outcome: 'missing' };
    const changed = apply(entry.session, change, now);
    if (!changed) return { outcome: 'refused', session: entry.session };
    this.#replace(entry, changed);
    return { outcome: 'updated', session: changed };
  }

  async remove(id: string): Promise<Session | null> {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    this.#drop(entry);
    return entry.session;
  }

  async list(filter: SessionFilter, page: PageRequest, now: number): Promise<SessionPage> {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const { id, user_id, active, from_time = Number.NEGATIVE_INFINITY, to_time = Number.POSITIVE_INFINITY } = filter;
    if (id !== undefined) return this.#listOne(id, filter, page);
    const index = user_id === undefined ? this.#byTime : this.#byUser.get(user_id);
    if (!index) return { sessions: [], total: page.total ? 0 : null };
    const kind: Kind = active === undefined ? 'all' : active ? 'live' : 'ended';
    const start = index.rank((entry) => entry.session.request_time >= to_time, kind);
    const end = index.rank((entry) => entry.session.request_time >= from_time, kind);
    const total = Math.max(0, end - start);
    const entries = index.slice(kind, start + page.skip, Math.min(page.take, total - page.skip));
    return { sessions: entries.map((entry) => entry.session), total: page.total ? total : null };
  }

  async expire(now: number, limit: number): Promise<number> {
    return this.#expireDue(now, limit);
  }

  #listOne(id: string, filter: SessionFilter, page: PageRequest): SessionPage {
    const entry = this.#entries.get(id);
    const { user_id, active, from_time = Number.NEGATIVE_INFINITY, to_time = Number.POSITIVE_INFINITY } = filter;
    const matches =
      entry !== undefined &&
      (user_id === undefined || entry.session.user_id === user_id) &&
      (active === undefined || entry.ended !== active) &&
      entry.session.request_time >= from_time &&
      entry.session.request_time < to_time;
    const sessions = matches && page.skip === 0 && page.take > 0 ? [entry.session] : [];
    return { sessions, total: page.total ? Number(matches) : null };
  }

  #expireDue(now: number, limit: number): number {
    let closed = 0;
    for (let entry = this.#byDue.first(); entry && entry.due <= now && closed < limit; entry = this.#byDue.first()) {
      const due = deadline(entry.session);
      if (due <= now) {
        this.#replace(entry, expire(entry.session));
        closed += 1;
      } else {
        this.#byDue.delete(entry);
        entry.due = due;
        this.#byDue.insert(entry);
      }
    }
    return closed;
  }

  #makeRoom(now: number): void {
    this.#expireDue(now, Number.POSITIVE_INFINITY);
    const ended = this.#byTime.count('ended');
    const [oldest] = this.#byTime.slice('ended', ended - 1, 1);
    if (!oldest) {
      const sessions_max = this.#config.sessions_max;
      const message = `The memory store holds ${sessions_max} open sessions, as many as it may (sessions_max).`;
      throw new SessionsError('STORE_FULL', message, { details: { sessions_max } });
    }
    this.#drop(oldest);
  }

  #replace(entry: Entry, session: Session): void {
    const ended = session.close_time !== null;
    this.#unindex(entry);
    if (ended) this.#byDue.delete(entry);
    entry.session = Object.freeze(session);
    entry.ended = ended;
    this.#index(entry);
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.session.id, entry);
    if (!entry.ended) this.#byDue.insert(entry);
    this.#index(entry);
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.session.id);
    if (!entry.ended) this.#byDue.delete(entry);
    this.#unindex(entry);
  }

  #index(entry: Entry): void {
    this.#byTime.insert(entry);
    const { user_id } = entry.session;
    let ofUser = this.#byUser.get(user_id);
    if (!ofUser) {
      ofUser = new OrderedIndex(newestFirst);
      this.#byUser.set(user_id, ofUser);
    }
    ofUser.insert(entry);
  }

  #unindex(entry: Entry): void {
    this.#byTime.delete(entry);
    const { user_id } = entry.session;
    const ofUser = this.#byUser.get(user_id);
    ofUser?.delete(entry);
    if (ofUser?.size === 0) this.#byUser.delete(user_id);
  }
}

function newestFirst(a: Entry, b: Entry): number {
  return b.session.request_time - a.session.request_time || byId(a, b);
}

function soonestDueFirst(a: Entry, b: Entry): number {
  return a.due - b.due || byId(a, b);
}

function byId(a: Entry, b: Entry): number {
  return a.session.id < b.session.id ? -1 : a.session.id > b.session.id ? 1 : 0;
}
