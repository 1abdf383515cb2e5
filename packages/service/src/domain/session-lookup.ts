import type { Session } from './session.ts';
import type { SessionUpdate } from './session-update.ts';
import type { SessionStore, UpdateResult } from './store.ts';

export interface LookupResult {
  /** Null if there is no session with the id. */
  readonly session: Session | null;
  /** Age of the session in the cache: time since it was read from the store; 0 if it was read for this call. */
  readonly age_ms: number;
}

/** Finds the sessions of tokens: in the store, or in a cache that receives every change. */
export interface SessionLookup {
  /** Returns the result of `find` without a promise, if it is in memory; else undefined. */
  peek(id: string, age_ms_max: number): LookupResult | undefined;
  /** Returns the session with the id. A cached session older than `age_ms_max` is read from the store again. */
  find(id: string, age_ms_max: number): Promise<LookupResult>;
  /** Changes a session in the store, and caches the result. It must, because touches are not published as changes. */
  update(id: string, update: Extract<SessionUpdate, { type: 'touch' | 'expire' }>, now: number): Promise<UpdateResult>;
}

/** Reads the store on each call. */
export function directLookup(store: SessionStore): SessionLookup {
  return {
    peek: (id) => {
      const session = store.peek?.(id);
      return session && { session, age_ms: 0 };
    },
    find: async (id) => ({ session: await store.find(id), age_ms: 0 }),
    update: (id, update, now) => store.update(id, update, now),
  };
}
