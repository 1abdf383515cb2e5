import type { SessionFilter } from '../../../packages/service/src/domain/store.ts';
import type { Seen } from '../history.ts';

/** Whether a session matches a filter; written independently of the stores. */
export function isMatch(session: Seen, filter: SessionFilter): boolean {
  const { id, user_id, active, from_time, to_time, client, address, close_reason } = filter;
  return (
    (id === undefined || session.id === id) &&
    (user_id === undefined || session.user === user_id) &&
    (active === undefined || active === (session.close_reason === null)) &&
    (from_time === undefined || session.request_time >= from_time) &&
    (to_time === undefined || session.request_time < to_time) &&
    (client === undefined || session.client === client) &&
    (address === undefined || session.address === address) &&
    (close_reason === undefined || session.close_reason === close_reason)
  );
}

/**
 * The scope of a filter that selects all sessions or the live ones, of one user or of all. Null for a narrower filter.
 */
export function scopeOf(filter: SessionFilter): { readonly user: string | null; readonly active: boolean } | null {
  const { user_id = null, active, ...more } = filter;
  if (active === false || Object.keys(more).length > 0) return null;
  return { user: user_id, active: active === true };
}

export function filterText(filter: SessionFilter): string {
  return JSON.stringify(filter);
}
