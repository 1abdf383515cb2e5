import { setTimeout as delay } from 'node:timers/promises';
import { SessionsError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import type { SessionStore } from '../domain/store.ts';
import type { Clock } from '../domain/time/clock.ts';

/** How often an insert is retried while the store is unavailable: 32 seconds in all, enough for a failover. */
const RETRIES_MAX = 7;
/** The pause before the first retry. It doubles for each further retry. */
export const RETRY_MS = 250;

export interface InsertOptions {
  readonly clock: Clock;
  /** Stops retries. */
  readonly signal: AbortSignal;
  readonly retry_ms: number;
}

/** Inserts a session. After a lost response, the next try finds that the session already exists. */
export async function insert(
  store: SessionStore,
  session: Session,
  { clock, signal, retry_ms }: InsertOptions,
): Promise<'imported' | 'there_already'> {
  for (let retries = 0; ; retries += 1) {
    try {
      await store.insert(session, null, clock.now());
      return 'imported';
    } catch (error) {
      const code = error instanceof SessionsError ? error.code : null;
      if (code === 'ID_TAKEN') return 'there_already';
      if (code !== 'STORE_UNAVAILABLE' || retries === RETRIES_MAX || signal.aborted) throw error;
      await delay(retry_ms * 2 ** retries, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
