import type { Session, SessionUpdate } from './session.ts';
import type { SessionStore, UpdateResult } from './store.ts';

export interface LookupResult {
  /** Null when there is none of that id. */
  readonly session: Session | null;
  /** How long ago the store was asked; 0 when it was asked for this. */
  readonly age_ms: number;
}

/** Sessions as tokens are judged by: from the store, or from a memory before it that hears of every change. */
export interface SessionLookup {
  /** What is older than `age_ms_max` is asked of the store. */
  find(id: string, age_ms_max: number): Promise<LookupResult>;
  /** Changes a session in the store, and remembers what it is then: of these changes, not every one is published. */
  update(id: string, update: Extract<SessionUpdate, { type: 'touch' | 'expire' }>, now: number): Promise<UpdateResult>;
}

/** Asks the store each time. */
export function directLookup(store: SessionStore): SessionLookup {
  return {
    find: async (id) => ({ session: await store.find(id), age_ms: 0 }),
    update: (id, update, now) => store.update(id, update, now),
  };
}
