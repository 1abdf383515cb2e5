import type { Clock } from './clock.ts';
import { SessionsError } from './errors.ts';
import { newSessionId } from './ids.ts';
import type { JsonText } from './json.ts';
import { asOf, open, type Session } from './session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore } from './store.ts';

/** How many sessions one step of a sweep closes; other work comes between two steps. */
const EXPIRE_BATCH_MAX = 500;

export interface SessionsSettings {
  /** Inactivity after which a session that is opened now will end. */
  readonly idle_timeout_ms: number;
  /** The largest page that a list answers. */
  readonly page_size_max: number;
}

/** What an application gives to open a session; what it leaves out is null. */
export interface OpenRequest {
  readonly user_id: string;
  readonly user_name?: string | null;
  readonly address?: string | null;
  readonly client?: string | null;
  readonly user?: JsonText | null;
  readonly data?: JsonText | null;
}

/**
 * The use cases: every rule of the service is here or in `session.ts`. Each reads the clock once, and answers
 * sessions as that moment sees them. All reject with `STORE_UNAVAILABLE` when the store does not answer.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #settings: SessionsSettings;

  constructor(store: SessionStore, clock: Clock, settings: SessionsSettings) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Opens a session under a new id; the caller has authenticated the user. Rejects with `STORE_FULL`. */
  async open(request: OpenRequest): Promise<Session> {
    const { user_id, user_name = null, address = null, client = null, user = null, data = null } = request;
    const { idle_timeout_ms } = this.#settings;
    const fields = { user_id, user_name, address, client, user, data, idle_timeout_ms, expire_time: null };
    const session = open(newSessionId(user_id), fields, this.#clock.now());
    await this.#store.insert(session);
    return session;
  }

  /** The session, ended or not; null when there is none of that id. */
  get(id: string): Promise<Session | null> {
    return this.#store.find(id).then((session) => session && asOf(session, this.#clock.now()));
  }

  /** A page of sessions, newest activity first. A page never exceeds `page_size_max`. */
  async list(filter: SessionFilter, page: PageRequest): Promise<SessionPage> {
    const now = this.#clock.now();
    const take = Math.min(page.take, this.#settings.page_size_max);
    const found = await this.#store.list(filter, { ...page, take }, now);
    return { sessions: found.sessions.map((session) => asOf(session, now)), total: found.total };
  }

  /** Replaces `data`, which counts as activity. Null when there is no such session; rejects with `SESSION_CLOSED`. */
  storeData(id: string, value: JsonText): Promise<Session | null> {
    return this.#replace(id, 'data', value);
  }

  /** Replaces `user`, which counts as activity. Null when there is no such session; rejects with `SESSION_CLOSED`. */
  storeUser(id: string, value: JsonText): Promise<Session | null> {
    return this.#replace(id, 'user', value);
  }

  /** Ends a session. The first end wins: an ended session is answered as it ended. Null when there is none. */
  async close(id: string): Promise<Session | null> {
    const now = this.#clock.now();
    const result = await this.#store.update(id, { type: 'close', reason: 'closed' }, now);
    return result.outcome === 'missing' ? null : asOf(result.session, now);
  }

  /** Deletes a session without a trace and answers it as it was; null when there is none. */
  async remove(id: string): Promise<Session | null> {
    const session = await this.#store.remove(id);
    return session && asOf(session, this.#clock.now());
  }

  /** Closes what is past its deadline in the store too, in bounded steps; answers how many. */
  async closeExpired(): Promise<number> {
    const now = this.#clock.now();
    let closed = 0;
    let step: number;
    do {
      step = await this.#store.expire(now, EXPIRE_BATCH_MAX);
      closed += step;
    } while (step === EXPIRE_BATCH_MAX);
    return closed;
  }

  async #replace(id: string, member: 'data' | 'user', value: JsonText): Promise<Session | null> {
    const result = await this.#store.update(id, { type: 'store', member, value }, this.#clock.now());
    switch (result.outcome) {
      case 'updated':
        return result.session;
      case 'missing':
        return null;
      case 'refused':
        throw new SessionsError('SESSION_CLOSED', `The session has ended; its ${member} was not stored.`);
    }
  }
}
