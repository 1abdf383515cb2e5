import { limitReached } from './errors.ts';
import type { Session } from './session.ts';
import type { SessionLimit } from './store.ts';

/**
 * Which of a user's live sessions have to end so that one more may be opened. Throws `SESSION_LIMIT` under the policy
 * `deny`. Ties go by id, the greatest first.
 */
export function evictedFor(live: readonly Session[], { max, policy }: SessionLimit): readonly Session[] {
  const excess = live.length - max + 1;
  if (excess <= 0) return [];
  if (policy === 'deny') throw limitReached(max);
  const time = policy === 'evict_idle' ? 'request_time' : 'open_time';
  return live.toSorted((a, b) => a[time] - b[time] || (a.id < b.id ? 1 : -1)).slice(0, excess);
}
