import { limitReached } from './errors.ts';
import type { Session } from './session.ts';
import type { SessionLimit } from './store.ts';

/** By which time sessions are evicted, the earliest first; of the same time the greatest id first. */
export const EVICTED_BY = {
  evict_oldest: 'open_time',
  evict_idle: 'request_time',
} as const satisfies Readonly<Record<Exclude<SessionLimit['policy'], 'deny'>, keyof Session>>;

/**
 * Which of a user's live sessions have to end so that one more may be opened. Throws `SESSION_LIMIT` under the policy
 * `deny`.
 */
export function evictedFor(live: readonly Session[], { max, policy }: SessionLimit): readonly Session[] {
  const excess = live.length - max + 1;
  if (excess <= 0) return [];
  if (policy === 'deny') throw limitReached(max);
  const time = EVICTED_BY[policy];
  return live.toSorted((a, b) => a[time] - b[time] || (a.id < b.id ? 1 : -1)).slice(0, excess);
}
