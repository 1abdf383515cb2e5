import type { SessionSummary } from '@pip-sessions/contract/v2';
import { serviceTime } from '../api/service.ts';

/** A session as the service returned it, with the moment at which it ends without further activity. */
export type ListedSession = SessionSummary & {
  /** Milliseconds of the service's clock; null once the session has ended, or if it has no deadline. */
  readonly ends_at: number | null;
  /** Set once the session was deleted, by hand or after its retention. */
  readonly is_deleted?: true;
};

/** Whether the deadline that no activity moves is the nearer one. */
export function endsInAnyCase({ ends_at, expire_time }: ListedSession): boolean {
  // `expires_in` has whole seconds.
  return ends_at !== null && expire_time !== null && Date.parse(expire_time) - ends_at < 2_000;
}

/** Adds the moment of the end to a session that has just arrived. */
export function listed<T extends SessionSummary>(session: T, now = serviceTime()): T & ListedSession {
  return { ...session, ends_at: session.expires_in === null ? null : now + session.expires_in * 1_000 };
}

/** The text of the state column. `due`: past its deadline, and not read again since. */
export type SessionState = 'live' | 'ends_soon' | 'due' | 'ended' | 'compromised' | 'deleted';

/** A session that ends within this time is marked. */
export const ENDS_SOON_MS = 600_000;

export function stateOf(session: ListedSession, now: number): SessionState {
  if (session.is_deleted) return 'deleted';
  if (session.close_reason === 'compromised') return 'compromised';
  if (!session.active) return 'ended';
  if (session.ends_at === null) return 'live';
  if (session.ends_at <= now) return 'due';
  return session.ends_at - now <= ENDS_SOON_MS ? 'ends_soon' : 'live';
}
