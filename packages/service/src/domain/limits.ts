import { limitReached } from './errors.ts';
import type { Session } from './session.ts';
import type { SessionLimit } from './store.ts';

/**
 * The time by which each policy selects sessions to evict. The earliest is evicted first; of equal times the greatest
 * id.
 */
export const EVICTED_BY = {
  evict_oldest: 'open_time',
  evict_idle: 'request_time',
} as const satisfies Readonly<Record<Exclude<SessionLimit['policy'], 'deny'>, keyof Session>>;

/**
 * Returns the user's live sessions that must be evicted before one more is opened. Throws `SESSION_LIMIT` under the
 * policy `deny`.
 */
export function evictedFor(live: readonly Session[], { max, policy }: SessionLimit): readonly Session[] {
  const excess = live.length - max + 1;
  if (excess <= 0) return [];
  if (policy === 'deny') throw limitReached(max);
  const time = EVICTED_BY[policy];
  return live.toSorted((a, b) => a[time] - b[time] || (a.id < b.id ? 1 : -1)).slice(0, excess);
}
