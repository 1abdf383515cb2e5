import { FRESH_MS, NearCache, type NearCacheStats } from '@pip-sessions/near-cache';
import type { Session } from '../domain/session.ts';
import type { LookupResult, SessionLookup } from '../domain/session-lookup.ts';
import type { SessionUpdate } from '../domain/session-update.ts';
import type { SessionStore, UpdateResult } from '../domain/store.ts';
import { elapsedTime } from '../domain/time/elapsed-time.ts';

export interface NearSessionsBounds {
  readonly sessions_max: number;
  readonly bytes_max: number;
}

const AGE_MS_MAX = 60_000;
/** Estimated size of a session without `user` and `data`. */
const SESSION_BYTES = 500;

/**
 * Caches the sessions that this node has read lately, in front of a store that other nodes change too. The store's feed
 * of changes invalidates the cached sessions. While the feed may have missed changes, every read goes to the store.
 */
export class NearSessions implements SessionLookup {
  readonly #store: SessionStore;
  readonly #now: () => number;
  readonly #cache: NearCache<Found>;

  constructor(store: SessionStore, { sessions_max, bytes_max }: NearSessionsBounds, now = elapsedTime) {
    this.#store = store;
    this.#now = now;
    this.#cache = new NearCache(
      {
        load: async (id) => {
          const queried_at = now();
          return loaded(await store.find(id), queried_at);
        },
        idOf: (id) => id,
        freshUntil: () => store.watermark() + FRESH_MS,
        now,
      },
      { entries_max: sessions_max, bytes_max, age_ms_max: AGE_MS_MAX },
    );
    store.watch((change) => {
      if (change.type === 'gap') this.#cache.gap();
      else if (change.type === 'removed') this.#cache.changed(change.id);
      else this.#cache.changed(change.id, { revision: change.revision, hasEnded: change.close_reason !== null });
    });
  }

  peek(id: string, age_ms_max: number): LookupResult | undefined {
    const found = this.#cache.peek(id);
    if (!found) return undefined;
    const age_ms = Math.max(0, this.#now() - found.queried_at);
    return age_ms <= age_ms_max ? { session: found.session, age_ms } : undefined;
  }

  async find(id: string, age_ms_max: number): Promise<LookupResult> {
    const began = this.#now();
    const { session, queried_at } = await this.#cache.read(id);
    if (began - queried_at <= age_ms_max) return { session, age_ms: Math.max(0, began - queried_at) };
    return { session: await this.#load(id), age_ms: 0 };
  }

  /** Reads the store even if the session is cached: a load in flight may have begun before the caller's request. */
  async #load(id: string): Promise<Session | null> {
    const queried_at = this.#now();
    const session = await this.#store.find(id);
    this.#cache.keep(id, loaded(session, queried_at), queried_at);
    return session;
  }

  async update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const queried_at = this.#now();
    const result = await this.#store.update(id, update, now);
    // Touches are not published. If the result were not cached, each read of the older copy would touch the session
    // again.
    if (result.outcome !== 'missing') this.#cache.keep(id, loaded(result.session, queried_at), queried_at);
    return result;
  }

  stats(): NearCacheStats {
    return this.#cache.stats();
  }
}

interface Found {
  readonly session: Session | null;
  readonly queried_at: number;
}

/** Unknown ids are not cached: clients could send any number of them. */
function loaded(session: Session | null, queried_at: number) {
  const bytes = session === null ? 0 : SESSION_BYTES + 2 * ((session.user?.length ?? 0) + (session.data?.length ?? 0));
  const cacheable_ms = session === null ? 0 : AGE_MS_MAX;
  return { value: { session, queried_at }, cacheable_ms, age_ms: 0, bytes, revision: session?.revision ?? 0 };
}
