import { limitReached } from './errors.ts';
import { hasActor, type Session } from './session.ts';
import type { SessionLimit } from './store.ts';
import { isSignIn } from './users/sign-ins.ts';

/**
 * The time by which each policy selects sessions to evict. The earliest is evicted first; of equal times the greatest
 * id.
 */
export const EVICTED_BY = {
  evict_oldest: 'open_time',
  evict_idle: 'request_time',
} as const satisfies Readonly<Record<Exclude<SessionLimit['policy'], 'deny'>, keyof Session>>;

/**
 * Whether the limit of a user applies to a session that is opened. It applies neither to entries of session libraries
 * and the console, nor to sessions with an actor: support staff must not sign a user out.
 */
export function isLimited(session: Session): boolean {
  return isSignIn(session.user_id) && !hasActor(session);
}

/**
 * Returns the user's live sessions that must be evicted before one more is opened; those with an actor do not count.
 * Throws `SESSION_LIMIT` under the policy `deny`.
 */
export function evictedFor(live: readonly Session[], { max, policy }: SessionLimit): readonly Session[] {
  const own = live.filter((session) => !hasActor(session));
  const excess = own.length - max + 1;
  if (excess <= 0) return [];
  if (policy === 'deny') throw limitReached(max);
  const time = EVICTED_BY[policy];
  return own.toSorted((a, b) => a[time] - b[time] || (a.id < b.id ? 1 : -1)).slice(0, excess);
}
