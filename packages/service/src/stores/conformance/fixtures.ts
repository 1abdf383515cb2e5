import assert from 'node:assert/strict';
import { SessionsError } from '../../domain/errors.ts';
import { asOf, open, type Session } from '../../domain/session.ts';
import type { CloseMatching, PageRequest, SessionFilterV1, SessionStore } from '../../domain/store.ts';

/** One requirement of the `SessionStore` contract. `run` rejects if the store does not meet it. */
export interface ConformanceCase {
  /** The rule that the case checks. */
  readonly name: string;
  /** Needs an open, empty store, and leaves sessions in it. */
  readonly run: (store: SessionStore) => Promise<void>;
}

export const NOW = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;
export const ALL: PageRequest = { skip: 0, take: 1000, total: true };

/** A bulk close of all sessions. */
export const EVERYTHING: CloseMatching = { filter: {}, except: [], reason: 'revoked', limit: 1_000, dry_run: false };

/** An open session of the user `user`, with an idle timeout of one hour. */
export function session(id: string, members: Partial<Session> = {}): Session {
  const texts = { user_id: 'user', user_name: null, address: null, client: null, user: null, data: null };
  const active_until = members.request_time ?? NOW;
  return { ...open(id, { ...texts, idle_timeout_ms: HOUR_MS, expire_time: null }, NOW), active_until, ...members };
}

export async function ids(store: SessionStore, filter: SessionFilterV1, now = NOW): Promise<string[]> {
  const { sessions, total } = await store.list(filter, ALL, now);
  assert.equal(total, sessions.length);
  return sessions.map(({ id }) => id);
}

export async function view(store: SessionStore, id: string, now: number): Promise<Session | null> {
  const found = await store.find(id);
  return found && { ...asOf(found, now) };
}

export function isCode(code: SessionsError['code']): (error: unknown) => boolean {
  return (error) => error instanceof SessionsError && error.code === code;
}
