import { CLOSE_REASONS, CLOSED_BY, type CloseReason } from '@pip-sessions/contract/close-reasons';
import type { Change } from '../api/change-stream.ts';
import { serviceTime } from '../api/service.ts';
import type { ListedSession } from './listed-session.ts';

/** Shows in pages of sessions which ones have ended, without a read. The same pages if none of their sessions has. */
export function endedBy<Page extends { readonly items: readonly ListedSession[] }>(
  pages: Page[],
  changes: readonly Change[],
  now = serviceTime(),
): Page[] {
  const ends = new Map<string, { readonly reason: CloseReason; readonly revision: number }>();
  for (const change of changes) {
    if ('removed' in change || change.close_reason === null) continue;
    const reason = CLOSE_REASONS.find((one) => one === change.close_reason);
    if (reason) ends.set(change.id, { reason, revision: change.revision });
  }
  if (ends.size === 0) return pages;
  let hasChanged = false;
  const next = pages.map((page) => {
    if (!page.items.some(({ id, active }) => active && ends.has(id))) return page;
    hasChanged = true;
    return { ...page, items: page.items.map((session) => ended(session, ends.get(session.id), now)) };
  });
  return hasChanged ? next : pages;
}

function ended(
  session: ListedSession,
  end: { readonly reason: CloseReason; readonly revision: number } | undefined,
  now: number,
): ListedSession {
  if (!end || !session.active) return session;
  return {
    ...session,
    active: false,
    close_reason: end.reason,
    close_time: new Date(now).toISOString(),
    // The change does not say who ended it, unless it was the service itself.
    closed_by: CLOSED_BY[end.reason],
    revision: end.revision,
    expires_in: null,
    ends_at: null,
  };
}
